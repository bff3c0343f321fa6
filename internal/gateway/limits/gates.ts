import type { Logger } from "../../base/log.ts";
import type { Gate } from "../exchange/answer.ts";
import type { GatewayOptions } from "../options.ts";
import { type Concurrency, createConcurrency } from "./concurrency.ts";
import type { Quality } from "./quality.ts";

/** The limits on requests. The gates are listed in the order in which they run. */
export interface LimitGates {
  readonly gates: readonly Gate[];
  readonly concurrency: Concurrency | undefined;
  readonly quality: Quality | undefined;
  close(): void;
}

/** Loads only the limits that the options enable. */
export async function createLimitGates(
  { rateLimit, concurrency, quality }: Pick<GatewayOptions, "rateLimit" | "concurrency" | "quality">,
  log: Logger,
): Promise<LimitGates> {
  const limiter = rateLimit && (await (await import("./rate-limit.ts")).createRateLimit(rateLimit, log));
  const turns = concurrency && createConcurrency(concurrency);
  const judged = quality && (await import("./quality.ts")).createQuality(quality, log);
  return {
    gates: [limiter?.gate, turns?.gate, judged?.gate].filter((gate) => gate !== undefined),
    concurrency: turns,
    quality: judged,
    close: () => limiter?.close(),
  };
}
