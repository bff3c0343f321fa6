import { startTimer } from "../../../protocol/timers.ts";

/** Rest of an upstream that could not be reached, in milliseconds: doubled by every failure in a row. */
const FIRST_REST = 1_000;
const LONGEST_REST = 30_000;

/** Whether an upstream is fit for requests: by what checks find, and by whether it could be reached last. */
export class Health {
  readonly #onChange: () => void;
  #passes = true;
  #against = 0;
  #unreached = 0;
  #rest: NodeJS.Timeout | undefined;

  /** `onChange` runs whenever one of the two has changed. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** By its checks, until which it is taken for healthy. */
  get passes(): boolean {
    return this.#passes;
  }

  /** It could not be reached a moment ago, and is left alone while there are others. */
  get isResting(): boolean {
    return this.#rest !== undefined;
  }

  /** A check's result; `needed` of the other kind in a row change what it is taken for. True when this one did. */
  checked(passed: boolean, needed: { readonly healthy: number; readonly unhealthy: number }): boolean {
    this.#against = passed === this.#passes ? 0 : this.#against + 1;
    if (passed) this.reached();
    if (this.#against < (passed ? needed.healthy : needed.unhealthy) || this.#against === 0) return false;
    this.#passes = passed;
    this.#against = 0;
    this.#onChange();
    return true;
  }

  reached(): void {
    this.#unreached = 0;
    this.#endRest();
  }

  /** Takes it out for a moment: true when it was not already. What was under way by then does not make it longer. */
  unreachable(): boolean {
    if (this.#rest !== undefined) return false;
    this.#unreached += 1;
    const time = Math.min(FIRST_REST * 2 ** (this.#unreached - 1), LONGEST_REST);
    this.#rest = startTimer(() => this.#endRest(), time).unref();
    this.#onChange();
    return true;
  }

  close(): void {
    clearTimeout(this.#rest);
  }

  #endRest(): void {
    if (this.#rest === undefined) return;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#onChange();
  }
}
