import type { Logger } from "../base/log.ts";
import type { Convictions } from "./convictions.ts";
import type { Job } from "./job.ts";
import type { Judge } from "./judge.ts";
import type { Loss } from "./loss.ts";
import { Losses } from "./losses.ts";
import type { SuspectLink } from "./suspect-link.ts";
import { Trials, type TrialsOwner } from "./trials.ts";

/** The rules about requests that may have ended a worker: verdicts by `Losses`, and trials. */
export class Suspects<Link extends SuspectLink> implements Judge<Link> {
  readonly #trials: Trials<Link>;
  readonly #losses: Losses;

  constructor(log: Logger, owner: TrialsOwner<Link>, convictions?: Convictions) {
    this.#trials = new Trials(owner);
    this.#losses = new Losses(log, this.#trials, convictions);
  }

  get waiting(): number {
    return this.#trials.waiting;
  }

  get reserved(): readonly Link[] {
    return this.#trials.reserved;
  }

  isReserved(link: Link): boolean {
    return this.#trials.isReserved(link);
  }

  reserveNew(link: Link): boolean {
    return this.#trials.reserveNew(link);
  }

  forget(link: Link): void {
    this.#trials.forget(link);
  }

  left(link: Link, jobs: readonly Job[], whyLost: Promise<Loss> | undefined): void {
    this.#losses.left(link, jobs, whyLost);
  }

  isolate(job: Job): void {
    this.#losses.isolate(job);
  }

  abandon(job: Job): void {
    this.#losses.abandon(job);
  }

  isConvicted(job: Job): boolean {
    return this.#losses.isConvicted(job);
  }

  endedByRequest(link: Link): boolean {
    return this.#losses.endedByRequest(link);
  }

  sweep(now: number): readonly Job[] {
    return this.#trials.sweep(now);
  }

  takeAll(): readonly Job[] {
    return [...this.#trials.takeAll(), ...this.#losses.takeUndecided()];
  }
}
