import type { ClusterOptions } from "./options.ts";

/** One death of a member's process. */
export interface Death {
  /** By performance.now(). */
  readonly at: number;
  /** Milliseconds that it had been ready. */
  readonly service: number;
  /** It had been fit for work, so the program can be. */
  readonly wasFit: boolean;
  /** It was not started for want of descriptors, processes or memory: nobody knows whether the program can be. */
  readonly wasShort: boolean;
  /** And somebody else than the supervisor sent it a signal that ends: the program did not fail. */
  readonly fromOutside: boolean;
}

/**
 * When a member is started again: at once after long service, and then later from death to death. As many failed starts in
 * so short a time as the limit says make it hopeless. One whose program gets ready is never given up: else a request that
 * crashes workers could be sent until there is none left.
 *
 * What an operator or the kernel's memory killer ends counts for less: it is back after the first pause at the latest,
 * for waiting would only keep a sound program away.
 */
export class Backoff {
  readonly #options: Pick<ClusterOptions, "backoff" | "stableAfter" | "crashLoop">;
  #failedStarts: number[] = [];
  #inARow = 0;

  constructor(options: Pick<ClusterOptions, "backoff" | "stableAfter" | "crashLoop">) {
    this.#options = options;
  }

  /** Milliseconds to wait; `hopeless` when it is not worth it. */
  next({ at, service, wasFit, wasShort, fromOutside }: Death): number | "hopeless" {
    const { backoff, stableAfter, crashLoop } = this.#options;
    if (service >= stableAfter) this.#inARow = 0;
    if (wasFit) this.#failedStarts = [];
    else if (!wasShort) this.#failedStarts.push(at);
    this.#failedStarts = this.#failedStarts.filter((start) => at - start <= crashLoop.within);
    if (this.#failedStarts.length >= crashLoop.deaths) return "hopeless";
    const isFirst = this.#inARow === 0;
    if (isFirst || !fromOutside) this.#inARow++;
    if (isFirst) return 0;
    return jittered(fromOutside ? backoff.first : Math.min(backoff.most, backoff.first * 2 ** (this.#inARow - 2)));
  }

  /** Somebody starts it by hand. */
  forget(): void {
    this.#failedStarts = [];
    this.#inARow = 0;
  }
}

/** From a half to the whole, so that workers that died together do not start together. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.5 + Math.random() / 2);
}
