import { XsysError } from "../../../protocol/errors.ts";
import { startInterval, withinTimer } from "../../../protocol/timers.ts";
import type { Logger } from "../../base/log.ts";
import type { ProxyOptions } from "../options.ts";
import { reasonOf } from "./failure.ts";
import type { Upstream } from "./upstream.ts";

type HealthCheck = NonNullable<ProxyOptions["healthCheck"]>;

/**
 * Asks every upstream for its health, now and then; 2xx and 3xx are healthy. The function returned ends it.
 * @throws INVALID_PARAMS for a path that cannot be asked for, which all would fail
 */
export function startChecks(upstreams: readonly Upstream[], options: HealthCheck, log: Logger): () => void {
  if (!/^\/[\x21-\x7e]*$/.test(options.path)) {
    throw new XsysError(
      "INVALID_PARAMS",
      `"${options.path}" cannot be asked for: it is no path with a slash before it`,
    );
  }
  const timers = upstreams.map((upstream) => {
    let isRunning = false;
    const check = async (): Promise<void> => {
      if (isRunning) return;
      isRunning = true;
      const reason = await whatFails(upstream, options);
      isRunning = false;
      if (upstream.health.checked(reason === undefined, options)) tell(upstream, reason, log);
    };
    void check();
    return startInterval(() => void check(), options.interval).unref();
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** Undefined when nothing does. */
async function whatFails({ pool }: Upstream, { path, timeout }: HealthCheck): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(withinTimer(timeout));
    const { statusCode, body } = await pool.request({ method: "GET", path, signal });
    await body.dump({ limit: 65_536, signal });
    return statusCode < 400 ? undefined : `it answered ${statusCode}`;
  } catch (error) {
    return reasonOf(error);
  }
}

function tell({ key }: Upstream, reason: string | undefined, log: Logger): void {
  if (reason === undefined) log.info({ upstream: key }, "the upstream is healthy again");
  else log.warn({ upstream: key, reason }, "the upstream fails its health checks and is given no more requests");
}
