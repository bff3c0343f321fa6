import type {
  JobNumber,
  ReportedJob,
  Trial,
  Verdict,
  WorkerFault,
  WorkerGone,
  WorkerJoined,
  WorkerLeft,
  WorkerLoad,
  WorkerState,
  WorkersExpected,
} from "../../../protocol/wire/gateway.ts";
import type { ServiceLink } from "../../ipc/service-link.ts";
import type { GatewayChannel } from "../../workers/channel.ts";
import { type Conviction, Convictions } from "../../workers/convictions.ts";
import type { Failure, Job } from "../../workers/job.ts";
import type { Judge } from "../../workers/judge.ts";
import type { Loss } from "../../workers/loss.ts";
import type { TrialsOwner } from "../../workers/trials.ts";
import type { WorkerLink } from "../../workers/worker-link.ts";
import type { WorkerSource } from "../../workers/worker-pool.ts";

const NEVER = new Promise<Loss>(() => {});

/**
 * The service's decisions about workers, in a gateway process: which of them get requests, and what becomes of the
 * requests of lost ones. Requests and answers do not pass through here.
 */
export class SharedWorkers implements WorkerSource, Judge<WorkerLink> {
  readonly reserved: readonly WorkerLink[] = [];
  expectsWorker = true;
  pending = 0;
  readonly #link: ServiceLink;
  readonly #convictions = new Convictions();
  /** By the key under which the worker has joined. */
  readonly #channels = new Map<string, GatewayChannel>();
  readonly #numbers = new WeakMap<Job, number>();
  /** Jobs that the service knows by their numbers: suspects, and those that wait for a verdict. */
  readonly #known = new Map<number, Job>();
  /** Those that wait for a verdict or a trial. */
  readonly #waiting = new Set<Job>();
  #owner: TrialsOwner<WorkerLink> | undefined;
  #lastNumber = 0;

  constructor(link: ServiceLink) {
    this.#link = link;
  }

  /** To be set as the judge of the gateway's pool. */
  readonly judge = (owner: TrialsOwner<WorkerLink>): Judge<WorkerLink> => {
    this.#owner = owner;
    return this;
  };

  get waiting(): number {
    return this.#waiting.size;
  }

  adopt(channel: GatewayChannel): Promise<Loss> {
    const worker = channel.key ?? "";
    if (this.#channels.has(worker)) {
      channel.close(); // a connection of the same worker is still open
      return NEVER;
    }
    this.#channels.set(worker, channel);
    channel.onClose((reason) => {
      this.#reportLeft(worker, channel);
      if (reason !== undefined) this.#link.send("WorkerFault", { worker, reason } satisfies WorkerFault);
    });
    this.#link.send("WorkerJoined", { worker } satisfies WorkerJoined);
    return NEVER;
  }

  setState({ worker, active, turn, warmUp }: WorkerState): void {
    const channel = this.#channels.get(worker);
    if (channel === undefined) return;
    channel.setActive(active);
    if (warmUp === true) channel.warmUp();
    if (!active) this.#reportIdle(worker, channel, turn);
  }

  gone({ worker }: WorkerGone): void {
    const channel = this.#channels.get(worker);
    if (channel === undefined) return;
    channel.close(); // calls `left` if it has jobs
    this.#reportLeft(worker, channel);
  }

  expect({ expected, pending }: WorkersExpected): void {
    this.expectsWorker = expected;
    this.pending = pending;
  }

  convict(convictions: readonly Conviction[]): void {
    for (const conviction of convictions) this.#convictions.put(conviction);
  }

  setElsewhere(requests: Readonly<Record<string, number>>): void {
    for (const [worker, channel] of this.#channels) channel.setElsewhere(requests[worker] ?? 0);
  }

  load(): Readonly<Record<string, WorkerLoad>> {
    const loads = [...this.#channels].map(([worker, channel]): [string, WorkerLoad] => {
      const { active, abandoned, awaitsAnswer, wasUsed } = channel;
      return [worker, { active, abandoned, awaitsAnswer, wasUsed }];
    });
    return Object.fromEntries(loads);
  }

  left(link: WorkerLink, jobs: readonly Job[]): void {
    const worker = link.registration.key ?? "";
    const repeatable = new Set(jobs.filter(({ mayRepeat }) => mayRepeat));
    for (const job of repeatable) this.#waiting.add(job);
    const { jobs: left, abandoned } = link.leftBehind;
    const channel = this.#channels.get(worker);
    if (channel !== undefined) {
      this.#channels.delete(worker);
      this.#send(worker, {
        jobs: [...left].map(([job, { age }]) => this.#reported(job, age, repeatable.has(job))),
        abandoned: [...abandoned].map(([{ request }, { age }]) => ({ ...request, age })),
      });
    }
    for (const job of jobs) if (!repeatable.has(job)) job.failed("lost");
  }

  decide({ job: number, failure }: Verdict): void {
    const job = this.#take(number);
    job?.failed(failure as Failure); // a suspect that may be repeated calls `isolate`
    if (job === undefined || !this.#waiting.has(job)) this.#forget(number);
  }

  isolate(job: Job): void {
    const number = this.#numberOf(job);
    this.#waiting.add(job);
    this.#link.send("Isolate", { job: number } satisfies JobNumber);
  }

  /** Sends a suspect as a normal request. */
  assign({ job: number }: JobNumber): void {
    const job = this.#take(number);
    if (job !== undefined) this.#owner?.assign(job);
  }

  /** Sends a suspect to a worker that has no other request in any gateway. */
  try({ job: number, worker, turn }: Trial): void {
    const job = this.#take(number);
    const channel = this.#channels.get(worker);
    if (job !== undefined) {
      if (channel === undefined) this.isolate(job);
      else channel.send(job);
    }
    if (channel !== undefined) this.#reportIdle(worker, channel, turn);
  }

  abandon(job: Job): void {
    const number = this.#numbers.get(job);
    if (number !== undefined && this.#known.has(number)) this.#forget(number);
  }

  isConvicted({ request }: Job): boolean {
    return this.#convictions.has(request);
  }

  /** Tells the service which jobs are done. Called by the pool every 50 ms. */
  sweep(): readonly Job[] {
    for (const [number, job] of this.#known) if (job.isDone) this.#forget(number);
    return [];
  }

  takeAll(): readonly Job[] {
    const jobs = [...this.#waiting];
    this.#waiting.clear();
    return jobs;
  }

  isReserved(): boolean {
    return false;
  }

  reserveNew(): boolean {
    return false;
  }

  forget(): void {}

  endedByRequest(): boolean {
    return false;
  }

  #reportIdle(worker: string, channel: GatewayChannel, turn: number): void {
    void channel.drain().then(() => this.#link.send("WorkerIdle", { worker, turn }));
  }

  #reportLeft(worker: string, channel: GatewayChannel): void {
    if (this.#channels.get(worker) !== channel) return; // reported by `left`
    this.#channels.delete(worker);
    this.#send(worker, { jobs: [], abandoned: [] });
  }

  #send(worker: string, report: Omit<WorkerLeft, "worker">): void {
    this.#link.send("WorkerLeft", { worker, ...report } satisfies WorkerLeft);
    this.#link.flush();
  }

  #reported(job: Job, age: number, waits: boolean): ReportedJob {
    const { method, url } = job.request;
    const number = this.#numberOf(job);
    if (!waits) this.#known.delete(number);
    return { job: number, method, url, age, waits, mayRepeat: job.mayRepeat };
  }

  #numberOf(job: Job): number {
    const number = this.#numbers.get(job) ?? ++this.#lastNumber;
    this.#numbers.set(job, number);
    this.#known.set(number, job);
    return number;
  }

  /** A job that has waited for the service, unless it is no longer needed. */
  #take(number: number): Job | undefined {
    const job = this.#known.get(number);
    if (job === undefined || !this.#waiting.delete(job)) return undefined;
    return job;
  }

  #forget(number: number): void {
    const job = this.#known.get(number);
    if (job !== undefined) this.#waiting.delete(job);
    this.#known.delete(number);
    this.#link.send("Forget", { job: number } satisfies JobNumber);
  }
}
