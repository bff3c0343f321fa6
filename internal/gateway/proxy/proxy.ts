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
  /** Requests and tunnels that have not ended. */
  readonly active: number;
  /** Requests without an answer that was its own, or with one that broke off. */
  readonly failures: number;
  /** Milliseconds until it answers, smoothed; absent before its first answer. */
  readonly latency?: number;
}

/** Passes requests on to other servers. */
export interface Proxy {
  /**
   * An upstream's answer; 400, 502, 503 or 504 where there is none. A body that is not small comes as it is read, with
   * its content-length if the upstream told one.
   */
  forward(exchange: Exchange, body: ForwardedRequest["body"]): Promise<Answer>;
  /** Passes a wish for WebSocket on, and what an upstream makes of it. */
  upgrade(exchange: Exchange, upgrade: Upgrade): void;
  status(): UpstreamStatus[];
  /** Breaks off what is still going on. */
  close(): void;
}

/** @throws INVALID_PARAMS for what cannot be an upstream, or its health be asked by */
export function createProxy(options: ProxyOptions, { log }: { readonly log: Logger }): Proxy {
  const upstreams = new Upstreams(options);
  const { timeout, connectTimeout, healthCheck } = options;
  const deps: ProxyDeps = {
    ...{ upstreams, log, timeout, connectTimeout },
    warnings: new BoundedWarnings(log),
    tunnels: new Set(),
  };
  const endChecks = healthCheck && startChecks(upstreams.all, healthCheck, log);
  return {
    forward: (exchange, body) => forward(deps, exchange, body),
    upgrade: (exchange, wanted) => void upgrade(deps, exchange, wanted),
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
    healthy: health.passes && !health.isResting,
    active,
    failures,
    ...(latency !== undefined && { latency }),
  }));
}
