import type { Logger } from "../../base/log.ts";
import type { BoundedWarnings } from "../observe/bounded-warnings.ts";
import type { Upstreams } from "./upstreams.ts";

/** What requests on their way to upstreams have in common. */
export interface ProxyDeps {
  readonly upstreams: Upstreams;
  readonly log: Logger;
  /** Why requests were not answered. */
  readonly warnings: BoundedWarnings;
  /** Milliseconds an upstream has to answer; 0 for any number. */
  readonly timeout: number;
  readonly connectTimeout: number;
  /** Ends of the tunnels that are open. */
  readonly tunnels: Set<() => void>;
}
