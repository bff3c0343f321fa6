import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import type { Message } from "../../protocol/wire/message.ts";
import type { WorkerRegistration } from "../../protocol/wire/worker.ts";
import type { Strategy } from "../balance/candidate.ts";
import { createStrategy } from "../balance/create-strategy.ts";
import type { StrategyName } from "../balance/strategies.ts";
import type { Logger } from "../base/log.ts";
import type { Role, RoleInbox, RolePeer } from "../ipc/role.ts";
import type { WorkerChannel } from "./channel.ts";
import type { Job } from "./job.ts";
import type { Loss } from "./loss.ts";
import { Losses } from "./losses.ts";
import { TaskRelay } from "./task-relay.ts";
import { Trials, type TrialsOwner } from "./trials.ts";
import { WaitingJobs } from "./waiting-jobs.ts";
import { workerChannel } from "./worker-channel.ts";
import { WorkerLink, type WorkerLinkOwner } from "./worker-link.ts";

export interface PoolOptions {
  readonly strategy: StrategyName;
  /** Milliseconds that a worker has to answer; 0 for any number. */
  readonly timeout: number;
  /** Milliseconds that a request waits for a worker. */
  readonly queueTimeout: number;
  readonly maxFrame: number;
  readonly log: Logger;
  /** The routes that a worker has told. */
  readonly onRoutes: (routes: unknown) => void;
}

/** Whoever brings workers up: it decides which of them are given work. */
export interface WorkerSource {
  /** Undefined for a worker that is none of its own; for others resolves, soon after it is lost, with why it was. */
  adopt(channel: WorkerChannel): Promise<Loss> | undefined;
  /** Whether another worker may become ready. */
  readonly expectsWorker: boolean;
  /** Workers that are to be given work and are being started, or are about to be. */
  readonly pending: number;
}

/** How often timeouts are looked at, in milliseconds: they are told to that much. */
const SWEEP = 50;
/** Milliseconds within which a worker that has registered tells its routes, as XyPriss's do at once. */
const ROUTES_TIMEOUT = 50;
/** Milliseconds for a worker to come back where nobody is known to bring one. */
const RECONNECT_WAIT = 1_000;

/**
 * Milliseconds that workers have for what waited for them, before they are given requests of a convicted method and path.
 * Given all together, the waiting good ones would be lost each time, until they may not be repeated any more.
 */
const HEAD_START = 1_000;
/** Milliseconds that the last worker is spared such a request, while another one is coming. */
const LAST_PROTECTED = 5_000;

/** The workers that are ready, and the requests between them. */
export class WorkerPool implements Role, WorkerLinkOwner {
  readonly takenBy = "RegisterWorker";
  readonly maxFrame: number;
  answersPings = false;
  readonly #options: PoolOptions;
  readonly #log: Logger;
  readonly #strategy: Strategy;
  readonly #waiting = new WaitingJobs();
  readonly #trials: Trials;
  readonly #losses: Losses;
  readonly #whyLost = new WeakMap<WorkerLink, Promise<Loss>>();
  readonly #tasks = new TaskRelay();
  readonly #sweeper: NodeJS.Timeout;
  /** A new list at every change: strategies know a list by its identity. */
  #ready: readonly WorkerLink[] = [];
  /** Since when there is one, by performance.now(). */
  #readySince = 0;
  /** When their number changed last. */
  #changedAt = 0;
  /** All that are connected. */
  readonly #links = new Set<WorkerLink>();
  #admitted = 0;
  /** Runs when a worker that just registered has told its routes. */
  readonly #onRoutes = new Map<WorkerLink, () => void>();
  /** Each goes on when there is a first worker: no promise of all, which would keep those that gave up. */
  readonly #awaitingFirst = new Set<() => void>();
  #wasReady = false;
  /** Set by the service where processes are supervised. */
  source: WorkerSource | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#log = options.log;
    this.maxFrame = options.maxFrame;
    this.#strategy = createStrategy(options.strategy);
    this.#trials = new Trials(this.#trialsOwner());
    this.#losses = new Losses(options.log, this.#trials);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP).unref();
  }

  get ready(): number {
    return this.#ready.length + this.#trials.reservedCount;
  }

  /** All that have registered, whether they are given work or not. */
  get connected(): number {
    return this.#links.size;
  }

  get waiting(): number {
    return this.#waiting.size + this.#trials.waiting;
  }

  get inFlight(): number {
    let requests = 0;
    for (const { active } of this.#links) requests += active;
    return requests;
  }

  /** Whether some worker takes bodies as they come, and upgraded connections. */
  get takesStreams(): boolean {
    const takes = ({ registration }: WorkerLink) => registration.streams === true;
    return this.#ready.some(takes) || this.#trials.reserved.some(takes);
  }

  /** Whether a request that finds no worker may hope for one. */
  get expectsWorker(): boolean {
    return this.ready > 0 || (this.source?.expectsWorker ?? false);
  }

  /** Whether there was ever a worker to tell the routes. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** Resolves when there is a first worker, or as late as a request would wait for one. */
  firstReady(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const settle = () => {
      clearTimeout(timer);
      this.#awaitingFirst.delete(settle);
      resolve();
    };
    const timer = startTimer(settle, this.#waitLimit);
    this.#awaitingFirst.add(settle);
    return promise;
  }

  /** Gives a job to a worker, or has it wait for one. */
  assign(job: Job): void {
    job.place = undefined;
    if (!this.#give(job) && !this.#waiting.add(job)) job.failed("no-worker");
  }

  /** Gives a job to a worker that has no other, and gets none until it has answered. */
  isolate(job: Job): void {
    job.place = undefined;
    this.#losses.isolate(job);
  }

  /** Nobody waits for a job any more. */
  abandon(job: Job): void {
    if (job.place !== undefined) job.place.link.abandon(job.place.id);
    else {
      this.#waiting.delete(job);
      this.#losses.abandon(job);
    }
  }

  admit(peer: RolePeer, registration: unknown): RoleInbox {
    const link = new WorkerLink(this, peer, checkedRegistration(registration), ++this.#admitted);
    this.#links.add(link);
    const begin = () => {
      clearTimeout(timer);
      this.#onRoutes.delete(link);
      if (!link.isGone) this.#begin(link);
    };
    const timer = setTimeout(begin, ROUTES_TIMEOUT);
    this.#onRoutes.set(link, begin);
    return link;
  }

  routes(link: WorkerLink, routes: unknown): void {
    this.#options.onRoutes(routes);
    this.#onRoutes.get(link)?.();
  }

  task(link: WorkerLink, message: Message): void {
    this.#tasks.take(link, message, this.#ready);
  }

  invalidMessage(link: WorkerLink, what: string): void {
    this.#log.warn({ worker: link.registration.id }, `worker ${link.registration.id} sent ${what}`);
  }

  gone(link: WorkerLink): void {
    const { id } = link.registration;
    this.#links.delete(link);
    this.#onRoutes.delete(link);
    this.#tasks.forget(link);
    this.#setActive(link, false);
    if (this.source === undefined) this.#log.warn({ worker: id }, `worker ${id} is gone`);
  }

  left(link: WorkerLink, jobs: readonly Job[]): void {
    for (const job of jobs) job.place = undefined;
    this.#losses.left(link, jobs, this.#whyLost.get(link));
  }

  hasCulprit(link: WorkerLink): boolean {
    return this.#losses.hasCulprit(link);
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const settle of this.#awaitingFirst) settle();
    const waiting = this.#waiting.takeOlder(Number.POSITIVE_INFINITY);
    const suspects = [...this.#trials.takeAll(), ...this.#losses.takeUndecided()];
    for (const job of [...waiting, ...suspects]) job.failed("no-worker");
  }

  /** Milliseconds that waiting for a worker is worth. */
  get #waitLimit(): number {
    const { queueTimeout } = this.#options;
    return this.expectsWorker ? queueTimeout : Math.min(queueTimeout, RECONNECT_WAIT);
  }

  #begin(link: WorkerLink): void {
    const { id } = link.registration;
    const channel = workerChannel(link, (active) => this.#setActive(link, active));
    const whyLost = this.source?.adopt(channel);
    if (whyLost !== undefined) {
      this.#whyLost.set(link, whyLost);
      return;
    }
    this.#log.info({ worker: id }, `worker ${id} is connected`);
    this.#setActive(link, true);
  }

  #setActive(link: WorkerLink, active: boolean): void {
    if (this.#trials.isReserved(link)) {
      if (!active) this.#trials.forget(link);
    } else if (!active) this.#removeFromRotation(link);
    else if (!this.#ready.includes(link)) this.#activate(link);
  }

  #activate(link: WorkerLink): void {
    this.#wasReady = true;
    for (const settle of this.#awaitingFirst) settle();
    if (!this.#trials.reserveNew(link)) this.#addToRotation(link);
  }

  #addToRotation(link: WorkerLink): void {
    link.onTrial = undefined;
    this.#changedAt = performance.now();
    if (this.#ready.length === 0) this.#readySince = this.#changedAt;
    this.#ready = [...this.#ready, link];
    this.#waiting.offer((job) => this.#give(job));
  }

  #removeFromRotation(link: WorkerLink): void {
    if (!this.#ready.includes(link)) return;
    this.#changedAt = performance.now();
    this.#ready = this.#ready.filter((other) => other !== link);
  }

  #trialsOwner(): TrialsOwner {
    const pool = this;
    return {
      get inRotation() {
        return pool.#ready;
      },
      get answersPings() {
        return pool.answersPings;
      },
      get expectsWorker() {
        return pool.source?.expectsWorker ?? false;
      },
      get waitLimit() {
        return pool.#waitLimit;
      },
      removeFromRotation: (link) => this.#removeFromRotation(link),
      returnToRotation: (link) => this.#addToRotation(link),
      send: (link, job) => this.#send(link, job),
      assign: (job) => this.assign(job),
    };
  }

  #give(job: Job): boolean {
    if (this.#losses.isConvicted(job) && this.#holdsBack) return false;
    const link = this.#pick(job);
    if (link === undefined) return false;
    this.#send(link, job);
    return true;
  }

  /** Whether what is known to end workers has to wait, for the sake of all others. */
  get #holdsBack(): boolean {
    const now = performance.now();
    if (now - this.#readySince < HEAD_START) return true;
    return this.#ready.length === 1 && (this.source?.pending ?? 0) > 0 && now - this.#changedAt < LAST_PROTECTED;
  }

  #send(link: WorkerLink, job: Job): void {
    job.place = { link, id: link.send(job) };
  }

  #pick(job: Job): WorkerLink | undefined {
    const first = this.#strategy.pick(this.#ready, job.client);
    if (first === undefined || first.canTake(job)) return first;
    const able = this.#ready.filter((link) => link.canTake(job));
    return this.#strategy.pick(able, job.client);
  }

  #sweep(): void {
    const now = performance.now();
    const { timeout } = this.#options;
    for (const link of this.#links) {
      link.resumeBodies();
      if (timeout > 0) link.expire(now - timeout);
    }
    for (const job of this.#trials.sweep(now)) job.failed("no-worker");
    if (this.#waiting.size === 0) return;
    // A worker that had its hands full may have taken what it was sent.
    if (this.#ready.length > 0) this.#waiting.offer((job) => this.#give(job));
    for (const job of this.#waiting.takeOlder(now - this.#waitLimit)) job.failed("no-worker");
  }
}

function checkedRegistration(registration: unknown): WorkerRegistration {
  const { id, key, pid, xbp, streams, tasks } = (registration ?? {}) as Partial<
    Record<keyof WorkerRegistration, unknown>
  >;
  if ((typeof id !== "string" && typeof id !== "number") || String(id).length > MAX_ID_LENGTH) {
    throw new XsysError("INVALID_PARAMS", "RegisterWorker needs an id, a text of at most 128 characters");
  }
  return {
    id: String(id),
    ...(typeof key === "string" && { key }),
    ...(Number.isSafeInteger(pid) && { pid: pid as number }),
    xbp: xbp === true,
    streams: streams === true,
    tasks: tasks === true,
  };
}

const MAX_ID_LENGTH = 128;
