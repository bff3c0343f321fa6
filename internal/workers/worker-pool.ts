import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import type { Message } from "../../protocol/wire/message.ts";
import type { Strategy } from "../balance/candidate.ts";
import { createStrategy } from "../balance/create-strategy.ts";
import type { StrategyName } from "../balance/strategies.ts";
import type { Logger } from "../base/log.ts";
import type { Role, RoleInbox, RolePeer } from "../ipc/role.ts";
import type { GatewayChannel, WorkerChannel } from "./channel.ts";
import { workerChannel } from "./channel-of-link.ts";
import type { Job } from "./job.ts";
import type { Judge } from "./judge.ts";
import type { Loss } from "./loss.ts";
import { checkedRegistration } from "./registration.ts";
import type { Standby } from "./standby.ts";
import { Suspects } from "./suspects.ts";
import { TaskRelay } from "./task-relay.ts";
import type { TrialsOwner } from "./trials.ts";
import { WaitingJobs } from "./waiting-jobs.ts";
import { WorkerLink, type WorkerLinkOwner } from "./worker-link.ts";

export interface PoolOptions {
  readonly strategy: StrategyName;
  /** Milliseconds that a worker has to answer; 0 for no limit. */
  readonly timeout: number;
  /** Maximum milliseconds that a request waits for a worker. */
  readonly queueTimeout: number;
  readonly maxFrame: number;
  readonly log: Logger;
  /** Called with the routes of a worker. */
  readonly onRoutes: (routes: unknown) => void;
  /** Called with each worker that is ready as a standby. */
  readonly onStandby?: (standby: Standby, paths?: readonly string[]) => void;
  /** Decides what happens to the requests of lost workers. Default: this pool, by itself. */
  readonly judge?: (owner: TrialsOwner<WorkerLink>) => Judge<WorkerLink>;
  /** Workers that do not support streams are refused. */
  readonly allTakeStreams?: boolean;
}

/** Starts workers, and decides which of them are active. */
export interface WorkerSource<C extends WorkerChannel = GatewayChannel> {
  /** Resolves, soon after the worker is lost, with the reason. Undefined for a worker that it has not started. */
  adopt(channel: C): Promise<Loss> | undefined;
  /** Whether another worker may become ready. */
  readonly expectsWorker: boolean;
  /** Number of active workers that are starting, or will be started. */
  readonly pending: number;
}

/** Milliseconds between two checks for timeouts, and so their precision. */
const SWEEP = 50;
/** Milliseconds to wait for a worker's routes after its registration. XyPriss's workers send them at once. */
const ROUTES_TIMEOUT = 50;
/** Maximum milliseconds that a request waits for a worker if none is expected, in case one reconnects. */
export const RECONNECT_WAIT = 1_000;

/**
 * Milliseconds in which the first ready worker gets only requests that are not convicted. Otherwise the waiting
 * requests would be lost with the worker each time, until they have no retries left.
 */
const HEAD_START = 1_000;
/** Milliseconds in which the last worker gets no convicted request while another one is starting. */
const LAST_PROTECTED = 5_000;

/** The connected workers. Distributes requests among the ready ones, and queues requests while there is none. */
export class WorkerPool implements Role, WorkerLinkOwner {
  readonly takenBy = "RegisterWorker";
  readonly maxFrame: number;
  answersPings = false;
  readonly #options: PoolOptions;
  readonly #log: Logger;
  readonly #strategy: Strategy;
  readonly #waiting = new WaitingJobs();
  readonly #judge: Judge<WorkerLink>;
  readonly #whyLost = new WeakMap<WorkerLink, Promise<Loss>>();
  readonly #tasks = new TaskRelay<WorkerLink>();
  readonly #sweeper: NodeJS.Timeout;
  /** In rotation. Replaced at every change: strategies recognize a list by its identity. */
  #ready: readonly WorkerLink[] = [];
  /** When the rotation last became non-empty, by performance.now(). */
  #readySince = 0;
  /** When the rotation last changed. */
  #changedAt = 0;
  readonly #standbys = new Set<WorkerLink>();
  /** All connected workers. */
  readonly #links = new Set<WorkerLink>();
  #admitted = 0;
  /** Callbacks of workers that have registered, and whose routes are awaited. */
  readonly #onRoutes = new Map<WorkerLink, () => void>();
  /** One callback per waiting request. A shared promise would keep the abandoned ones in memory. */
  readonly #awaitingFirst = new Set<() => void>();
  #wasReady = false;
  /** Set by the service if it supervises worker processes. */
  source: WorkerSource | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#log = options.log;
    this.maxFrame = options.maxFrame;
    this.#strategy = createStrategy(options.strategy);
    const { judge = (owner) => new Suspects(options.log, owner) } = options;
    this.#judge = judge(this.#trialsOwner());
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP).unref();
  }

  get ready(): number {
    return this.#ready.length + this.#judge.reserved.length;
  }

  /** Number of registered workers, active or not. */
  get connected(): number {
    return this.#links.size;
  }

  get waiting(): number {
    return this.#waiting.size + this.#judge.waiting;
  }

  get inFlight(): number {
    let requests = 0;
    for (const { inFlight } of this.#links) requests += inFlight;
    return requests;
  }

  /** Whether any worker supports streamed bodies and upgraded connections. */
  get takesStreams(): boolean {
    if (this.#options.allTakeStreams) return true;
    const takes = ({ registration }: WorkerLink) => registration.streams === true;
    return this.#ready.some(takes) || this.#judge.reserved.some(takes);
  }

  /** Whether a worker is ready, or may become ready. */
  get expectsWorker(): boolean {
    return this.ready > 0 || (this.source?.expectsWorker ?? false);
  }

  /** Whether a worker was ever ready, so that the routes are known. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** Resolves when the first worker is ready, or after the time that a request would wait for one. */
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

  /** Sends a job to a worker, or queues it. */
  assign(job: Job): void {
    job.place = undefined;
    if (!this.#give(job) && !this.#waiting.add(job)) job.failed("no-worker");
  }

  /** Sends a job to a worker that gets no other job until it is answered. */
  isolate(job: Job): void {
    job.place = undefined;
    this.#judge.isolate(job);
  }

  /** A job is no longer needed. */
  abandon(job: Job): void {
    if (job.place !== undefined) job.place.link.abandon(job.place.id);
    else {
      this.#waiting.delete(job);
      this.#judge.abandon(job);
    }
  }

  admit(peer: RolePeer, registration: unknown): RoleInbox {
    const checked = checkedRegistration(registration);
    if (this.#options.allTakeStreams && checked.streams !== true) {
      throw new XsysError(
        "UNSUPPORTED",
        `worker ${checked.id} does not support streamed bodies (RegisterWorker.streams)`,
      );
    }
    const link = new WorkerLink(this, peer, checked, ++this.#admitted);
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

  leaves(link: WorkerLink): void {
    this.#setActive(link, false);
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
    if (this.source === undefined) this.#log.warn({ worker: id }, `worker ${id} has disconnected`);
  }

  left(link: WorkerLink, jobs: readonly Job[]): void {
    for (const job of jobs) job.place = undefined;
    this.#judge.left(link, jobs, this.#whyLost.get(link));
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const settle of this.#awaitingFirst) settle();
    const waiting = this.#waiting.takeOlder(Number.POSITIVE_INFINITY);
    for (const job of [...waiting, ...this.#judge.takeAll()]) job.failed("no-worker");
  }

  /** Maximum milliseconds that a request waits for a worker. */
  get #waitLimit(): number {
    const { queueTimeout } = this.#options;
    return this.expectsWorker ? queueTimeout : Math.min(queueTimeout, RECONNECT_WAIT);
  }

  #begin(link: WorkerLink): void {
    const { id } = link.registration;
    const channel = workerChannel(link, {
      setActive: (active) => this.#setActive(link, active),
      warmUp: (paths) => this.#warmUp(link, paths),
      endedByRequest: () => this.#judge.endedByRequest(link),
      send: (job) => this.#send(link, job),
    });
    const whyLost = this.source?.adopt(channel);
    if (whyLost !== undefined) {
      this.#whyLost.set(link, whyLost);
      return;
    }
    this.#log.info({ worker: id }, `worker ${id} is connected`);
    this.#setActive(link, true);
  }

  #warmUp(link: WorkerLink, paths?: readonly string[]): void {
    this.#standbys.add(link);
    const standbys = this.#standbys;
    const standby = {
      id: link.registration.id,
      get isWaiting() {
        return standbys.has(link);
      },
      send: (job: Job) => this.#place(link, job),
      abandon: (job: Job) => this.abandon(job),
    };
    this.#options.onStandby?.(standby, paths);
  }

  #setActive(link: WorkerLink, active: boolean): void {
    this.#standbys.delete(link);
    if (this.#judge.isReserved(link)) {
      if (!active) this.#judge.forget(link);
    } else if (!active) this.#removeFromRotation(link);
    else if (!this.#ready.includes(link) && !link.isLeaving) this.#activate(link);
  }

  #activate(link: WorkerLink): void {
    this.#wasReady = true;
    for (const settle of this.#awaitingFirst) settle();
    if (!this.#judge.reserveNew(link)) this.#addToRotation(link);
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

  #trialsOwner(): TrialsOwner<WorkerLink> {
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
    if (this.#judge.isConvicted(job) && this.#holdsBack) return false;
    const link = this.#pick(job);
    if (link === undefined) return false;
    this.#send(link, job);
    return true;
  }

  /** Whether convicted requests have to wait, to protect the others. */
  get #holdsBack(): boolean {
    const now = performance.now();
    if (now - this.#readySince < HEAD_START) return true;
    return this.#ready.length === 1 && (this.source?.pending ?? 0) > 0 && now - this.#changedAt < LAST_PROTECTED;
  }

  #send(link: WorkerLink, job: Job): void {
    link.isNew = false;
    this.#place(link, job);
  }

  #place(link: WorkerLink, job: Job): void {
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
    for (const job of this.#judge.sweep(now)) job.failed("no-worker");
    if (this.#waiting.size === 0) return;
    // A worker whose buffers were full may have room again.
    if (this.#ready.length > 0) this.#waiting.offer((job) => this.#give(job));
    for (const job of this.#waiting.takeOlder(now - this.#waitLimit)) job.failed("no-worker");
  }
}
