import type { Logger } from "../../base/log.ts";
import { errorAnswer, type Gate } from "../exchange/answer.ts";
import type { QualityOptions } from "../options.ts";
import { MovingAverage } from "./moving-average.ts";

export interface Quality {
  readonly gate: Gate;
  /** Records an answered request: its total duration in milliseconds, and the bytes of its answer. */
  observe(milliseconds: number, bytes: number): void;
}

/** Number of requests in an average. With fewer, quality is not judged. */
const REQUESTS = 100;
/** Minimum bytes of an answer for measuring bandwidth. The time of a smaller one depends on the work before it. */
const MIN_MEASURED = 16_384;
/** While requests are refused, one in this many passes, so that an improvement is noticed. */
const TRIAL = 10;

const POOR = errorAnswer(503, "Network quality is currently poor");

/** Logs when the averages become poor or good again. Refuses requests only with `rejectPoor`. */
export function createQuality({ rejectPoor, minBandwidth, maxLatency }: QualityOptions, log: Logger): Quality {
  const latency = new MovingAverage(REQUESTS);
  const bandwidth = new MovingAverage(REQUESTS);
  let isPoor = false;
  let refused = 0;

  const observe = (milliseconds: number, bytes: number) => {
    latency.add(milliseconds);
    if (bytes >= MIN_MEASURED) bandwidth.add(bytes / (Math.max(milliseconds, 0.001) / 1000));
    const isSlow = maxLatency > 0 && latency.isFull && latency.value > maxLatency;
    const isNarrow = minBandwidth > 0 && bandwidth.isFull && bandwidth.value < minBandwidth;
    if (isPoor === (isSlow || isNarrow)) return;
    isPoor = !isPoor;
    const averages = { latency: Math.round(latency.value), bandwidth: Math.round(bandwidth.value) };
    if (isPoor) log.warn(averages, "network quality is poor");
    else log.info(averages, "network quality is good again");
  };

  return {
    observe,
    gate: () => (rejectPoor && isPoor && ++refused % TRIAL !== 0 ? POOR : undefined),
  };
}
