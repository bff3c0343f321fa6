import type { Job } from "./job.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Requests that wait for a trial at the most; any beyond it are sent as others are. */
export const MAX_SUSPECTS = 1_000;
/**
 * Milliseconds that suspects may keep all other requests waiting: for so long a worker is taken out of the turn when no
 * other is in it, is waited for until its requests are answered, and is spared while another one may come back.
 */
export const SHARE_AFTER = 1_000;

/** Milliseconds between two requests for a sign of life. */
const ASK_EVERY = 500;

/** A worker's death, as what its suspects have in common. */
export type Death = object;

/** What trials need of the pool. */
export interface TrialsOwner {
  /** Workers that are given any request. */
  readonly inRotation: readonly WorkerLink[];
  removeFromRotation(link: WorkerLink): void;
  returnToRotation(link: WorkerLink): void;
  send(link: WorkerLink, job: Job): void;
  /** Gives a job to whichever worker is next, as any other. */
  assign(job: Job): void;
  /** Workers give signs of life when they are asked: one that gives none hangs. */
  readonly answersPings: boolean;
  /** Whether another worker may come. */
  readonly expectsWorker: boolean;
  /** Milliseconds that waiting for a worker is worth. */
  readonly waitLimit: number;
}

/** A worker out of the turn. */
interface Reservation {
  /** By performance.now(). */
  readonly since: number;
  /** When it was asked last for a sign of life. */
  askedAt: number;
}

interface Suspect {
  readonly death: Death;
  /** By performance.now(). */
  readonly since: number;
}

/**
 * Sends suspects again, each alone on its worker: no other request is in flight there while it runs, and none joins it.
 *
 * A worker on trial duty is taken out of the turn (`setAside`), answers what it has, and is then given one suspect after the
 * other; it is put back when there are none left. What keeps suspects from holding up good requests:
 *
 * - At most half of the workers are set aside at once, and one where there is only one.
 * - A worker that just came up is preferred: nothing has to be waited for, and those at work stay there. The last worker in
 *   turn is therefore set aside only after SHARE_AFTER, unless it is new or no other can come.
 * - When no other worker is in turn, one that is set aside is put back after SHARE_AFTER, whatever it runs: the suspect on it
 *   is not alone any more, and so is not convicted if that worker dies. One that gives no sign of life any more is not put
 *   back: it hangs. Others are put back when their requests are not
 *   answered by then, or their suspect's answer has begun: it cannot be sent again anyway.
 * - Where a worker does not get idle within SHARE_AFTER, or is the only one, at work, and no other can come, suspects are sent
 *   as any other request is.
 * - A suspect that waited for half of `waitLimit` is sent as any other request is; it is not sent a third time.
 * - Their number is bounded by MAX_SUSPECTS.
 */
export class Trials {
  readonly #owner: TrialsOwner;
  /** In the order in which they are tried. */
  readonly #waiting = new Map<Job, Suspect>();
  readonly #reservations = new Map<WorkerLink, Reservation>();
  /** Before it, no worker that is at work is set aside: those at work have their share, too. */
  #notBefore = 0;

  constructor(owner: TrialsOwner) {
    this.#owner = owner;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Workers out of the turn. */
  get reserved(): readonly WorkerLink[] {
    return [...this.#reservations.keys()];
  }

  get reservedCount(): number {
    return this.#reservations.size;
  }

  isReserved(link: WorkerLink): boolean {
    return this.#reservations.has(link);
  }

  /** Has a suspect wait for its trial. */
  add(job: Job, death: Death): void {
    if (this.#waiting.size >= MAX_SUSPECTS) this.#owner.assign(job);
    else {
      this.#waiting.set(job, { death, since: performance.now() });
      this.#reserveWorkers();
    }
  }

  /** Nobody waits for it any more. */
  delete(job: Job): void {
    this.#waiting.delete(job);
  }

  /** The cause of a death was found: its other suspects are sent as any other request. Gives them. */
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

  /** A worker came up: whether it is set aside at once. */
  reserveNew(link: WorkerLink): boolean {
    if (this.#reservations.size >= this.#maxReserved(1) || this.#firstFor(link) === undefined) return false;
    this.#reserve(link);
    return true;
  }

  /** A worker is gone, or is to be given no more work. */
  forget(link: WorkerLink): void {
    this.#reservations.delete(link);
  }

  /** To be called from time to time; gives those that waited for too long without any worker. */
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

  /** Workers that may be set aside, when so many more come up. */
  #maxReserved(more = 0): number {
    return Math.max(1, Math.floor((this.#owner.inRotation.length + this.#reservations.size + more) / 2));
  }

  /** Sets workers aside, as far as there is need of them. */
  #reserveWorkers(): void {
    if (this.#cannotIsolate) this.#sendAsOthers();
    while (this.#reservations.size < this.#maxReserved() && this.#idleReserved < this.#waiting.size) {
      const link = this.#chooseWorker();
      if (link === undefined) return;
      this.#reserve(link);
    }
  }

  /** The only worker is at work, and may be so for ever: nobody could wait for it. */
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

  /** Workers that were set aside and are not on a trial. */
  get #idleReserved(): number {
    let count = 0;
    for (const link of this.#reservations.keys()) if (link.onTrial === undefined) count++;
    return count;
  }

  #chooseWorker(): WorkerLink | undefined {
    const { inRotation } = this.#owner;
    const [first] = this.#waiting.keys();
    const able = first === undefined ? [] : inRotation.filter((link) => link.canTake(first));
    const isNew = able.find((link) => link.isNew);
    if (isNew !== undefined || !this.#mayReserveBusy(inRotation.length)) return isNew;
    return able.reduce<WorkerLink | undefined>(
      (best, link) => (best && load(best) <= load(link) ? best : link),
      undefined,
    );
  }

  #mayReserveBusy(inRotation: number): boolean {
    const now = performance.now();
    if (now < this.#notBefore) return false;
    if (inRotation > 1 || !this.#owner.expectsWorker) return true;
    const [oldest] = this.#waiting.values();
    return oldest !== undefined && now - oldest.since >= SHARE_AFTER;
  }

  #reserve(link: WorkerLink): void {
    const reservation: Reservation = { since: performance.now(), askedAt: 0 };
    this.#owner.removeFromRotation(link);
    this.#reservations.set(link, reservation);
    this.#next(link, reservation);
  }

  /** Waits until a worker has answered all, and gives it the next suspect. */
  #next(link: WorkerLink, reservation: Reservation): void {
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

  #firstFor(link: WorkerLink): Job | undefined {
    for (const job of this.#waiting.keys()) if (link.canTake(job)) return job;
    return undefined;
  }

  #mustShare(link: WorkerLink): boolean {
    return this.#owner.inRotation.length === 0 || link.onTrial === undefined || !link.awaitsAnswer;
  }

  /** One that hangs would be of use to nobody: it stays alone with its suspect until it is ended for that. */
  #share(link: WorkerLink, reservation: Reservation): void {
    if (!this.#owner.answersPings || link.onTrial === undefined) this.#returnToRotation(link, reservation);
    else if (performance.now() - reservation.askedAt >= ASK_EVERY) {
      reservation.askedAt = performance.now();
      void link.ping().then(() => {
        if (this.#reservations.get(link) === reservation && this.#mustShare(link))
          this.#returnToRotation(link, reservation);
      });
    }
  }

  #returnToRotation(link: WorkerLink, { since }: Reservation): void {
    const now = performance.now();
    if (now - since >= SHARE_AFTER) this.#notBefore = now + SHARE_AFTER;
    const wasNeverIdle = link.onTrial === undefined && link.active > 0;
    this.#reservations.delete(link);
    this.#owner.returnToRotation(link);
    if (wasNeverIdle) this.#sendAsOthers();
  }
}

/** What a worker is at work on; one that may work on what nobody waits for is chosen last. */
function load(link: WorkerLink): number {
  return link.abandonedRequests.length > 0 ? Number.POSITIVE_INFINITY : link.active;
}
