import type { Job } from "./job.ts";
import type { SuspectLink } from "./suspect-link.ts";

/** Maximum number of suspects that wait for a trial. Any above it are sent as normal requests. */
export const MAX_SUSPECTS = 1_000;
/**
 * How long suspects may delay normal requests, in milliseconds. It limits how long the last worker in rotation stays
 * reserved, how long a reserved worker may take to become idle, and how long the last worker is kept in rotation while
 * another is expected.
 */
export const SHARE_AFTER = 1_000;

/** Milliseconds between two pings. */
const ASK_EVERY = 500;

/** Identifies a worker's death. All suspects of that death share it. */
export type Death = object;

/** Dependencies and callbacks that trials get from the pool. */
export interface TrialsOwner<Link> {
  /** Workers that are given normal requests. */
  readonly inRotation: readonly Link[];
  removeFromRotation(link: Link): void;
  returnToRotation(link: Link): void;
  send(link: Link, job: Job): void;
  /** Sends a job as a normal request, to the next worker in rotation. */
  assign(job: Job): void;
  /** Whether workers answer pings, so that one that does not is known to hang. */
  readonly answersPings: boolean;
  /** Whether another worker may become ready. */
  readonly expectsWorker: boolean;
  /** Maximum milliseconds that a job waits for a worker. */
  readonly waitLimit: number;
}

/** A worker that is reserved for trials, out of rotation. */
interface Reservation {
  /** By performance.now(). */
  readonly since: number;
  /** When the last ping was sent. */
  askedAt: number;
}

interface Suspect {
  readonly death: Death;
  /** By performance.now(). */
  readonly since: number;
}

/**
 * Retries suspects, each alone on its worker: no other request is in flight there at the same time.
 *
 * A worker for trials is reserved: it is removed from the rotation, answers the requests that it has, and is then given
 * one suspect after the other. When there are no more suspects, it returns to the rotation. These rules keep suspects
 * from delaying normal requests:
 *
 * - At most half of the workers are reserved at the same time; one if there is only one.
 * - A new worker is preferred: it is idle already, and busy workers stay in rotation. The last worker in rotation is
 *   therefore reserved only after SHARE_AFTER, unless it is new or no other worker is expected.
 * - If no worker is left in rotation, a reserved worker returns to it after SHARE_AFTER, even during a trial. Its
 *   suspect is then no longer alone, and is not convicted if the worker dies. A worker that does not answer a ping does
 *   not return: it hangs.
 * - If other workers are in rotation, a reserved worker returns after SHARE_AFTER if it is not idle by then, or if the
 *   response to its suspect has begun: that suspect cannot be retried anyway.
 * - If a worker does not become idle within SHARE_AFTER, or the only worker is busy and no other is expected, suspects
 *   are sent as normal requests.
 * - A suspect that has waited for half of `waitLimit` is sent as a normal request. It is not sent a third time.
 * - Their number is limited by MAX_SUSPECTS.
 */
export class Trials<Link extends SuspectLink> {
  readonly #owner: TrialsOwner<Link>;
  /** In the order of their trials. */
  readonly #waiting = new Map<Job, Suspect>();
  readonly #reservations = new Map<Link, Reservation>();
  /** No busy worker is reserved before this time, so that normal requests get their share. */
  #notBefore = 0;

  constructor(owner: TrialsOwner<Link>) {
    this.#owner = owner;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** The reserved workers. */
  get reserved(): readonly Link[] {
    return [...this.#reservations.keys()];
  }

  isReserved(link: Link): boolean {
    return this.#reservations.has(link);
  }

  /** Queues a suspect for a trial. */
  add(job: Job, death: Death): void {
    if (this.#waiting.size >= MAX_SUSPECTS) this.#owner.assign(job);
    else {
      this.#waiting.set(job, { death, since: performance.now() });
      this.#reserveWorkers();
    }
  }

  /** The job is no longer needed. */
  delete(job: Job): void {
    this.#waiting.delete(job);
  }

  /** The cause of a death was found: sends its other suspects as normal requests, and returns them. */
  release(death: Death): readonly Job[] {
    const jobs = [...this.#waiting].flatMap(([job, suspect]) => (suspect.death === death ? job : []));
    for (const job of jobs) this.#waiting.delete(job);
    for (const job of jobs) this.#owner.assign(job);
    return jobs;
  }

  takeAll(): readonly Job[] {
    const jobs = [...this.#waiting.keys()];
    this.#waiting.clear();
    return jobs;
  }

  /** Reserves a new worker if suspects need one. Returns whether it did. */
  reserveNew(link: Link): boolean {
    if (this.#reservations.size >= this.#maxReserved(1) || this.#firstFor(link) === undefined) return false;
    this.#reserve(link);
    return true;
  }

  /** A worker has disconnected or was deactivated. */
  forget(link: Link): void {
    this.#reservations.delete(link);
  }

  /** Must be called periodically. Removes and returns the suspects that have waited too long without any worker. */
  sweep(now: number): readonly Job[] {
    for (const [link, reservation] of this.#reservations) {
      if (now - reservation.since >= SHARE_AFTER && this.#mustShare(link)) this.#share(link, reservation);
    }
    if (this.#waiting.size === 0) return [];
    const { waitLimit } = this.#owner;
    if (this.#owner.inRotation.length > 0)
      for (const job of this.#takeOlder(now - waitLimit / 2)) this.#owner.assign(job);
    this.#reserveWorkers();
    return this.#takeOlder(now - waitLimit);
  }

  #takeOlder(before: number): readonly Job[] {
    const jobs = [...this.#waiting].flatMap(([job, { since }]) => (since <= before ? job : []));
    for (const job of jobs) this.#waiting.delete(job);
    return jobs;
  }

  /** Maximum number of reserved workers if `more` workers are added. */
  #maxReserved(more = 0): number {
    return Math.max(1, Math.floor((this.#owner.inRotation.length + this.#reservations.size + more) / 2));
  }

  /** Reserves workers, up to the number of waiting suspects. */
  #reserveWorkers(): void {
    if (this.#cannotIsolate) this.#sendAsOthers();
    while (this.#reservations.size < this.#maxReserved() && this.#idleReserved < this.#waiting.size) {
      const link = this.#chooseWorker();
      if (link === undefined) return;
      this.#reserve(link);
    }
  }

  /** The only worker is busy, possibly forever, and no other is expected: no trial can be waited for. */
  get #cannotIsolate(): boolean {
    const { inRotation, expectsWorker } = this.#owner;
    const [only] = inRotation;
    return (
      !expectsWorker &&
      this.#reservations.size === 0 &&
      inRotation.length === 1 &&
      only !== undefined &&
      only.active > 0
    );
  }

  #sendAsOthers(): void {
    for (const job of this.takeAll()) this.#owner.assign(job);
  }

  /** Number of reserved workers without a trial. */
  get #idleReserved(): number {
    let count = 0;
    for (const link of this.#reservations.keys()) if (link.onTrial === undefined) count++;
    return count;
  }

  #chooseWorker(): Link | undefined {
    const { inRotation } = this.#owner;
    const [first] = this.#waiting.keys();
    const able = first === undefined ? [] : inRotation.filter((link) => link.canTake(first));
    const isNew = able.find((link) => link.isNew);
    if (isNew !== undefined || !this.#mayReserveBusy(inRotation.length)) return isNew;
    return able.reduce<Link | undefined>((best, link) => (best && load(best) <= load(link) ? best : link), undefined);
  }

  #mayReserveBusy(inRotation: number): boolean {
    const now = performance.now();
    if (now < this.#notBefore) return false;
    if (inRotation > 1 || !this.#owner.expectsWorker) return true;
    const [oldest] = this.#waiting.values();
    return oldest !== undefined && now - oldest.since >= SHARE_AFTER;
  }

  #reserve(link: Link): void {
    const reservation: Reservation = { since: performance.now(), askedAt: 0 };
    this.#owner.removeFromRotation(link);
    this.#reservations.set(link, reservation);
    this.#next(link, reservation);
  }

  /** Waits until a worker is idle, then sends it the next suspect. */
  #next(link: Link, reservation: Reservation): void {
    if (link.isGone || this.#reservations.get(link) !== reservation) return;
    if (link.active > 0) {
      void link.idle().then(() => this.#next(link, reservation));
      return;
    }
    link.onTrial = undefined;
    const isOverdue = this.#owner.inRotation.length === 0 && performance.now() - reservation.since >= SHARE_AFTER;
    const job = isOverdue ? undefined : this.#firstFor(link);
    if (job === undefined) this.#returnToRotation(link, reservation);
    else {
      this.#waiting.delete(job);
      link.onTrial = job;
      this.#owner.send(link, job);
      void link.idle().then(() => this.#next(link, reservation));
    }
  }

  #firstFor(link: Link): Job | undefined {
    for (const job of this.#waiting.keys()) if (link.canTake(job)) return job;
    return undefined;
  }

  #mustShare(link: Link): boolean {
    return this.#owner.inRotation.length === 0 || link.onTrial === undefined || !link.awaitsAnswer;
  }

  /**
   * Returns a worker to the rotation. During a trial it must answer a ping first: a hung worker stays reserved until
   * killed.
   */
  #share(link: Link, reservation: Reservation): void {
    if (!this.#owner.answersPings || link.onTrial === undefined) this.#returnToRotation(link, reservation);
    else if (performance.now() - reservation.askedAt >= ASK_EVERY) {
      reservation.askedAt = performance.now();
      void link.ping().then(() => {
        if (this.#reservations.get(link) === reservation && this.#mustShare(link))
          this.#returnToRotation(link, reservation);
      });
    }
  }

  #returnToRotation(link: Link, { since }: Reservation): void {
    const now = performance.now();
    if (now - since >= SHARE_AFTER) this.#notBefore = now + SHARE_AFTER;
    const wasNeverIdle = link.onTrial === undefined && link.active > 0;
    this.#reservations.delete(link);
    this.#owner.returnToRotation(link);
    if (wasNeverIdle) this.#sendAsOthers();
  }
}

/** A worker that may still process abandoned requests is chosen last. */
function load(link: SuspectLink): number {
  return link.abandonedRequests.length > 0 ? Number.POSITIVE_INFINITY : link.active;
}
