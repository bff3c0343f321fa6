import type { ClusterOptions } from "./options.ts";

/** One death of a member's process. */
export interface Death {
  /** By performance.now(). */
  readonly at: number;
  /** Milliseconds that it had been ready. */
  readonly service: number;
  /** It had been ready, and somebody else than the supervisor sent it a signal that ends: the program did not fail. */
  readonly fromOutside: boolean;
}

/**
 * When a member is started again: at once after long service, and then later from death to death. As many deaths in so
 * short a time as the limit says make it hopeless.
 *
 * What an operator or the kernel's memory killer ends counts for less: it is back after the first pause at the latest,
 * for waiting would only keep a sound program away.
 */
export class Backoff {
  readonly #options: Pick<ClusterOptions, "backoff" | "stableAfter" | "crashLoop">;
  #deaths: number[] = [];
  #inARow = 0;

  constructor(options: Pick<ClusterOptions, "backoff" | "stableAfter" | "crashLoop">) {
    this.#options = options;
  }

  /** Milliseconds to wait; `hopeless` when it is not worth it. */
  next({ at, service, fromOutside }: Death): number | "hopeless" {
    const { backoff, stableAfter, crashLoop } = this.#options;
    if (service >= stableAfter) this.#inARow = 0;
    this.#inARow++;
    if (this.#inARow === 1) this.#deaths = [];
    if (fromOutside) return this.#inARow === 1 ? 0 : jittered(backoff.first);
    this.#deaths = [...this.#deaths, at].filter((death) => at - death <= crashLoop.within);
    if (this.#deaths.length >= crashLoop.deaths) return "hopeless";
    return this.#inARow === 1 ? 0 : jittered(Math.min(backoff.most, backoff.first * 2 ** (this.#inARow - 2)));
  }

  /** Somebody starts it by hand. */
  forget(): void {
    this.#deaths = [];
    this.#inARow = 0;
  }
}

/** From a half to the whole, so that workers that died together do not start together. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.5 + Math.random() / 2);
}
