import { isDeepStrictEqual } from "node:util";
import { XsysError } from "../../../protocol/errors.ts";
import type { AppSpec } from "../app-spec.ts";

interface Waiting {
  /** The description that it changes to; undefined if that depends on what runs when its turn has come. */
  readonly wanted: AppSpec | undefined;
  /** Skips it. */
  overtaken(): void;
}

/**
 * The rollouts of an app that are in progress or wait for their turn. One that still waits when another description is
 * asked for is skipped: it would only delay it.
 */
export class Rollouts {
  readonly #waiting = new Set<Waiting>();
  #number = 0;

  get isEmpty(): boolean {
    return this.#number === 0;
  }

  /**
   * @param wanted - undefined for one that depends on what runs by then: it overtakes none
   * @param turn - calls its argument when the turn has come
   * @throws BUSY as soon as it is overtaken; the errors of `turn` and `act`
   */
  async run<T>(
    wanted: AppSpec | undefined,
    turn: (act: () => Promise<T>) => Promise<T>,
    act: () => Promise<T>,
  ): Promise<T> {
    if (wanted !== undefined) this.#overtake(wanted);
    const { promise: skipped, reject } = Promise.withResolvers<never>();
    const own: Waiting = {
      wanted,
      overtaken: () => reject(new XsysError("BUSY", "overtaken by a later change of the app: nothing was done")),
    };
    this.#waiting.add(own);
    this.#number++;
    try {
      // One that was skipped has left `#waiting`, and does nothing in its turn.
      return await Promise.race([skipped, turn(() => (this.#waiting.delete(own) ? act() : skipped))]);
    } finally {
      this.#waiting.delete(own);
      this.#number--;
    }
  }

  #overtake(wanted: AppSpec): void {
    for (const other of this.#waiting) {
      if (isDeepStrictEqual(other.wanted, wanted)) continue;
      this.#waiting.delete(other);
      other.overtaken();
    }
  }
}
