/** When a process is started again. Milliseconds. */
export interface BackoffOptions {
  /**
   * Pause between a death and the next start: doubled by each death in a row, with jitter, up to `most` for a process that
   * did not get ready and `mostInService` for one that did.
   */
  readonly backoff: { readonly first: number; readonly most: number; readonly mostInService: number };
  /** After so long in service, the next death counts as the first. */
  readonly stableAfter: number;
  /** Failed restarts in a row after which it is given up; absent for never. */
  readonly maxRestarts?: number;
}

/** One end of a member's process that was not asked for. */
export interface Death {
  /** Milliseconds that it had been ready. */
  readonly service: number;
  /** It had been ready, so the program can be. */
  readonly startSucceeded: boolean;
  /** It was not started for want of descriptors, processes or memory: this says nothing about the program. */
  readonly lackedResources: boolean;
  /** A signal from outside or a request ended it: the program itself did not fail. */
  readonly wasEndedFromOutside: boolean;
}

/**
 * When a member is started again. The first restart is immediate, later ones wait twice as long from death to death, with
 * jitter. There are two counts:
 *
 * - Failed starts: processes that ended before they were ready, such as while a database is not up. Up to 30 s between
 *   them, for ever, unless `maxRestarts` is given. Reset as soon as a process gets ready.
 * - Deaths in service: processes that were ready. Up to 1 s between them, because the program works and an absent worker
 *   answers nothing. Reset after `stableAfter` of service. They never count towards `maxRestarts`: otherwise a client with
 *   a request that crashes workers could stop the service.
 *
 * A process that was ended by a signal from outside, or by a request, waits for the first pause at most.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #failedStarts = 0;
  /** The same without those that a shortage of the machine caused. */
  #ownFailures = 0;
  #deathsInService = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** In a row, up to now. */
  get failedStarts(): number {
    return this.#failedStarts;
  }

  /** Milliseconds to wait; `given-up` when `maxRestarts` restarts in a row have failed. */
  next(death: Death): number | "given-up" {
    const { backoff, maxRestarts = Number.POSITIVE_INFINITY } = this.#options;
    if (death.startSucceeded) return this.#afterService(death);
    this.#failedStarts++;
    if (!death.lackedResources && !death.wasEndedFromOutside) this.#ownFailures++;
    if (this.#ownFailures > maxRestarts) return "given-up";
    return this.#pause(this.#failedStarts, death.wasEndedFromOutside ? backoff.first : backoff.most);
  }

  /** It got ready. */
  ready(): void {
    this.#failedStarts = 0;
    this.#ownFailures = 0;
  }

  /** It is started by hand. */
  forget(): void {
    this.ready();
    this.#deathsInService = 0;
  }

  #afterService({ service, wasEndedFromOutside }: Death): number {
    const { backoff, stableAfter } = this.#options;
    this.ready();
    if (service >= stableAfter) this.#deathsInService = 0;
    if (this.#deathsInService === 0 || !wasEndedFromOutside) this.#deathsInService++;
    return this.#pause(this.#deathsInService, wasEndedFromOutside ? backoff.first : backoff.mostInService);
  }

  #pause(inARow: number, most: number): number {
    return inARow === 1 ? 0 : jittered(Math.min(most, this.#options.backoff.first * 2 ** (inARow - 2)));
  }
}

/** From a half to the whole, so that workers that died together do not start together. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.5 + Math.random() / 2);
}
