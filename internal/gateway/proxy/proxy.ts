import type { Logger } from "../../base/log.ts";
import type { Answer } from "../exchange/answer.ts";
import type { Exchange, Upgrade } from "../exchange/exchange.ts";
import { BoundedWarnings } from "../observe/bounded-warnings.ts";
import type { ProxyOptions } from "../options.ts";
import type { ProxyDeps } from "./deps.ts";
import { forward } from "./forward.ts";
import type { ForwardedRequest } from "./forwarded-request.ts";
import { startChecks } from "./start-checks.ts";
import { upgrade } from "./upgrade.ts";
import { Upstreams } from "./upstreams.ts";

export interface UpstreamStatus {
  readonly url: string;
  readonly weight: number;
  readonly healthy: boolean;
  /** Number of open requests and tunnels. */
  readonly active: number;
  /** Number of requests without an answer, or whose answer broke off. */
  readonly failures: number;
  /** Smoothed time until it answers, in milliseconds; absent before the first answer. */
  readonly latency?: number;
}

/** Forwards requests to upstream servers. */
export interface Proxy {
  /**
   * Resolves with an upstream's answer, or with a 400, 502, 503 or 504. A body that is not small is streamed, with its
   * Content-Length if the upstream sent one.
   */
  forward(exchange: Exchange, body: ForwardedRequest["body"]): Promise<Answer>;
  /** Forwards a WebSocket upgrade, and then the connection's bytes or the refusal. */
  upgrade(exchange: Exchange, upgrade: Upgrade): void;
  /** To add and to remove some. */
  readonly upstreams: Upstreams;
  status(): UpstreamStatus[];
  /** Aborts open requests and tunnels. */
  close(): void;
}

/** @throws INVALID_PARAMS for an invalid upstream or health-check path */
export function createProxy(options: ProxyOptions, { log }: { readonly log: Logger }): Proxy {
  const upstreams = new Upstreams(options);
  const { timeout, connectTimeout, healthCheck, changing } = options;
  const deps: ProxyDeps = {
    ...{ upstreams, log, timeout, connectTimeout },
    ...(changing !== undefined && { changing }),
    warnings: new BoundedWarnings(log),
    tunnels: new Set(),
  };
  const endChecks = healthCheck && startChecks(upstreams.all, healthCheck, log);
  return {
    forward: (exchange, body) => forward(deps, exchange, body),
    upgrade: (exchange, wanted) => void upgrade(deps, exchange, wanted),
    upstreams,
    status: () => statusOf(upstreams),
    close: () => {
      endChecks?.();
      for (const end of deps.tunnels) end();
      void upstreams.close();
    },
  };
}

function statusOf({ all }: Upstreams): UpstreamStatus[] {
  return all.map(({ key, weight, health, active, failures, latency }) => ({
    url: key,
    weight,
    healthy: health.passes && !health.isSuspended,
    active,
    failures,
    ...(latency !== undefined && { latency }),
  }));
}
