import type { Logger } from "../../base/log.ts";
import { errorAnswer, type Gate } from "../exchange/answer.ts";
import type { QualityOptions } from "../options.ts";
import { MovingAverage } from "./moving-average.ts";

export interface Quality {
  readonly gate: Gate;
  /** A request was answered: from its arrival to its end, in milliseconds, and the bytes of its answer. */
  observe(milliseconds: number, bytes: number): void;
}

/** Requests that an average is of. With fewer there is no judgement. */
const REQUESTS = 100;
/** Bytes of an answer from which its time tells of bandwidth, and not of the work that went before. */
const TELLING_SIZE = 16_384;
/** While requests are refused, one in so many passes: without any, better times would not be seen. */
const TRIAL = 10;

const POOR = errorAnswer(503, "The network's quality is poor at present");

/** Tells in the log when the network gets poor or good again by the averages; refuses requests only when it is told to. */
export function createQuality({ rejectPoor, minBandwidth, maxLatency }: QualityOptions, log: Logger): Quality {
  const latency = new MovingAverage(REQUESTS);
  const bandwidth = new MovingAverage(REQUESTS);
  let isPoor = false;
  let refused = 0;

  const observe = (milliseconds: number, bytes: number) => {
    latency.add(milliseconds);
    if (bytes >= TELLING_SIZE) bandwidth.add(bytes / (Math.max(milliseconds, 0.001) / 1000));
    const isSlow = maxLatency > 0 && latency.isFull && latency.value > maxLatency;
    const isNarrow = minBandwidth > 0 && bandwidth.isFull && bandwidth.value < minBandwidth;
    if (isPoor === (isSlow || isNarrow)) return;
    isPoor = !isPoor;
    const averages = { latency: Math.round(latency.value), bandwidth: Math.round(bandwidth.value) };
    if (isPoor) log.warn(averages, "the network's quality is poor");
    else log.info(averages, "the network's quality is good again");
  };

  return {
    observe,
    gate: () => (rejectPoor && isPoor && ++refused % TRIAL !== 0 ? POOR : undefined),
  };
}
