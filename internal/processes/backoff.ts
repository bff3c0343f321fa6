/** When a process is restarted. Times in milliseconds. */
export interface BackoffOptions {
  /**
   * Pause between a death and the next start. It doubles with each consecutive death, with jitter, up to `most` for a
   * process that did not become ready, and up to `mostInService` for one that did.
   */
  readonly backoff: { readonly first: number; readonly most: number; readonly mostInService: number };
  /** Time in service after which the next death counts as the first. */
  readonly stableAfter: number;
  /** Consecutive failed restarts after which the process is no longer started; absent for no limit. */
  readonly maxRestarts?: number;
}

/** An unexpected end of a member's process. */
export interface Death {
  /** How long it had been ready, in milliseconds. */
  readonly service: number;
  /** Whether it had been ready, so the program is able to start. */
  readonly startSucceeded: boolean;
  /** The system lacked descriptors, processes or memory to start it. This says nothing about the program. */
  readonly lackedResources: boolean;
  /** It was ended by an external signal or by a request: the program itself did not fail. */
  readonly wasEndedFromOutside: boolean;
}

/**
 * Decides when a member is restarted. The first restart is immediate; after that, the pause doubles with each death,
 * with jitter. There are two counts:
 *
 * - Failed starts: processes that ended before they were ready, for example because a database is down.
 *   The pause grows to 30 s, and retries continue forever unless `maxRestarts` is set. Reset when a process becomes
 *   ready.
 * - Deaths in service: processes that were ready. The pause grows to 1 s only, because the program works and a missing
 *   worker reduces capacity. Reset after `stableAfter` of service. They never count towards `maxRestarts`: otherwise a
 *   client with a request that crashes workers could stop the service.
 *
 * After an end by an external signal or by a request, the pause is at most `first`.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #failedStarts = 0;
  /** The same, without starts that failed for lack of resources or were ended from outside. */
  #ownFailures = 0;
  #deathsInService = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Consecutive failed starts so far. */
  get failedStarts(): number {
    return this.#failedStarts;
  }

  /** Returns the pause in milliseconds, or `given-up` after `maxRestarts` consecutive failed restarts. */
  next(death: Death): number | "given-up" {
    const { backoff, maxRestarts = Number.POSITIVE_INFINITY } = this.#options;
    if (death.startSucceeded) return this.#afterService(death);
    this.#failedStarts++;
    if (!death.lackedResources && !death.wasEndedFromOutside) this.#ownFailures++;
    if (this.#ownFailures > maxRestarts) return "given-up";
    return this.#pause(this.#failedStarts, death.wasEndedFromOutside ? backoff.first : backoff.most);
  }

  /** The process is ready. */
  ready(): void {
    this.#failedStarts = 0;
    this.#ownFailures = 0;
  }

  /** Resets both counts, for a manual start. */
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

/** Random value from half to the whole, so that workers that died together do not restart together. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.5 + Math.random() / 2);
}
