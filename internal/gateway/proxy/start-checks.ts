import { XsysError } from "../../../protocol/errors.ts";
import { startInterval, withinTimer } from "../../../protocol/timers.ts";
import type { Logger } from "../../base/log.ts";
import type { ProxyOptions } from "../options.ts";
import { reasonOf } from "./failure.ts";
import type { Upstream } from "./upstream.ts";

type HealthCheck = NonNullable<ProxyOptions["healthCheck"]>;

/**
 * Starts periodic health checks of all upstreams, in which 2xx and 3xx are healthy. Returns a function that stops them.
 * @throws INVALID_PARAMS for an invalid path, which would fail on all upstreams
 */
export function startChecks(upstreams: readonly Upstream[], options: HealthCheck, log: Logger): () => void {
  if (!/^\/[\x21-\x7e]*$/.test(options.path)) {
    throw new XsysError(
      "INVALID_PARAMS",
      `invalid health-check path "${options.path}": not a path that begins with a slash`,
    );
  }
  const timers = upstreams.map((upstream) => {
    let isRunning = false;
    const check = async (): Promise<void> => {
      if (isRunning) return;
      isRunning = true;
      const reason = await failureOf(upstream, options);
      isRunning = false;
      if (upstream.health.checked(reason === undefined, options)) logChange(upstream, reason, log);
    };
    void check();
    return startInterval(() => void check(), options.interval).unref();
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** The reason why a check fails; undefined if it passes. */
async function failureOf({ pool }: Upstream, { path, timeout }: HealthCheck): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(withinTimer(timeout));
    const { statusCode, body } = await pool.request({ method: "GET", path, signal });
    await body.dump({ limit: 65_536, signal });
    return statusCode < 400 ? undefined : `status ${statusCode}`;
  } catch (error) {
    return reasonOf(error);
  }
}

function logChange({ key }: Upstream, reason: string | undefined, log: Logger): void {
  if (reason === undefined) log.info({ upstream: key }, "the upstream is healthy again");
  else log.warn({ upstream: key, reason }, "the upstream fails its health checks and gets no more requests");
}
