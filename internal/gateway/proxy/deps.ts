import type { Logger } from "../../base/log.ts";
import type { BoundedWarnings } from "../observe/bounded-warnings.ts";
import type { ProxyOptions } from "../options.ts";
import type { Upstreams } from "./upstreams.ts";

/** Dependencies and settings that all proxied requests share. */
export interface ProxyDeps {
  readonly upstreams: Upstreams;
  readonly log: Logger;
  /** Logs why requests were not answered. */
  readonly warnings: BoundedWarnings;
  /** Milliseconds that an upstream may take to answer; 0 for no timeout. */
  readonly timeout: number;
  readonly connectTimeout: number;
  /** If upstreams come and go. */
  readonly changing?: ProxyOptions["changing"];
  /** Functions that close the open tunnels. */
  readonly tunnels: Set<() => void>;
}
