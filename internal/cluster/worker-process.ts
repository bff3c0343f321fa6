import { randomUUID } from "node:crypto";
import { startTimer } from "../../protocol/timers.ts";
import { describeEnd, isFromOutside, isShortage, type ProcessEnd } from "../processes/end.ts";
import { Heartbeat, type HeartbeatHistory } from "../processes/heartbeat.ts";
import { ManagedProcess, type ManagedProcessOwner } from "../processes/managed-process.ts";
import { PROCESS_STEPS, type ProcessState, StateMachine } from "../processes/states.ts";
import { type Usage, UsageMeter } from "../processes/usage.ts";
import type { WorkerChannel } from "../workers/channel.ts";
import type { Loss } from "../workers/loss.ts";
import { MAX_REQUESTS, NO_WORK, type Workload } from "./crash-record.ts";
import type { ClusterOptions } from "./options.ts";

/** Milliseconds that a process which closed its connection has to end by itself, as most do, before it is told to. */
const EXIT_GRACE = 100;
/** Milliseconds for what a process said last to be read; one that it left behind may hold the connection open. */
const LAST_MESSAGES = 200;

/** Milliseconds that a process which is ready once it is started has to live to be one that can. */
const SUCCEEDED_AFTER = 1_000;

/** Dependencies and callbacks that a worker process gets from its member. */
export interface WorkerProcessOwner extends ManagedProcessOwner {
  readonly options: ClusterOptions;
  readonly heartbeatHistory: HeartbeatHistory;
  /** It is ready for work. */
  ready(process: WorkerProcess): void;
  /** It will do no more, and was not asked to stop: called before it has ended, where that is known before. */
  lost(process: WorkerProcess): void;
  /** It has ended without being asked to, and all its output is read. */
  crashed(process: WorkerProcess): void;
  /** Nothing of it is left. */
  ended(process: WorkerProcess): void;
}

/** One process of a member, from its start to its end. */
export class WorkerProcess {
  /** In its environment: by it the worker that registers is known. */
  readonly key: string = randomUUID();
  readonly startedAt: number = performance.now();
  /** Whether it got ready; false once it cannot any more. */
  readonly whenReady: Promise<boolean>;
  /** Resolves when it is known why it was lost: at its exit, or when it was found to need ending. */
  readonly whenCauseKnown: Promise<void>;
  /** Resolves within EXIT_GRACE of the end of its connection: whether its requests may have ended it. */
  readonly whyLost: Promise<Loss>;
  channel: WorkerChannel | undefined;
  usage: Usage | undefined;
  readonly #owner: WorkerProcessOwner;
  readonly #child: ManagedProcess;
  readonly #meter: UsageMeter | undefined;
  readonly #state = new StateMachine(PROCESS_STEPS, "starting");
  readonly #settleReady: (ready: boolean) => void;
  readonly #settleCauseKnown: () => void;
  readonly #settleLoss: (loss: Loss) => void;
  readonly #forced = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: Heartbeat | undefined;
  /** By performance.now(); undefined before. */
  #readyAt: number | undefined;
  /** What the supervisor found wrong with it, and ended it for. */
  #cause: string | undefined;
  #stopping: Promise<void> | undefined;

  constructor(id: string, owner: WorkerProcessOwner) {
    this.#owner = owner;
    ({ promise: this.whenReady, resolve: this.#settleReady } = Promise.withResolvers<boolean>());
    ({ promise: this.whenCauseKnown, resolve: this.#settleCauseKnown } = Promise.withResolvers<void>());
    ({ promise: this.whyLost, resolve: this.#settleLoss } = Promise.withResolvers<Loss>());
    this.#child = new ManagedProcess(
      { name: `worker ${id}`, fields: { worker: id }, env: owner.options.identify(id, this.key) },
      owner,
    );
    if (this.pid !== undefined) this.#meter = new UsageMeter(this.pid);
    void this.#child.exited.then(() => this.#whenExited());
    void this.#child.read.then(() => this.#whenRead());
    void this.#child.ended.then(() => this.#whenEnded());
    const { readyTimeout, readyWhen } = owner.options;
    if (readyWhen === "started") this.#child.onSpawn(() => this.#becomeReady());
    this.#timer = startTimer(() => this.#terminate(`was not ready within ${readyTimeout} ms`, "SIGKILL"), readyTimeout);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get state(): ProcessState {
    return this.#state.now;
  }

  /** Milliseconds since its start. */
  get age(): number {
    return performance.now() - this.startedAt;
  }

  /** Milliseconds since it got ready; 0 when it never did. */
  get service(): number {
    return this.#readyAt === undefined ? 0 : performance.now() - this.#readyAt;
  }

  /** It got as far as to work: it was ready, or, where every start counts as that, did not end soon after it. */
  get startSucceeded(): boolean {
    return this.#owner.options.readyWhen === "registered"
      ? this.#readyAt !== undefined
      : this.service >= SUCCEEDED_AFTER;
  }

  /** Undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#child.end;
  }

  /** Why it was lost, in words that follow its name. */
  get reason(): string {
    return this.#cause ?? (this.end === undefined ? "closed its connection" : describeEnd(this.end));
  }

  /** The supervisor found something wrong with it, and ended it: `reason` says what. */
  get endedBySupervisor(): boolean {
    return this.#cause !== undefined;
  }

  /** What it is at; of one that was lost, what it left. */
  get workload(): Workload {
    const { channel } = this;
    if (channel === undefined) return NO_WORK;
    return { count: channel.inFlight, requests: channel.requestsInFlight(MAX_REQUESTS) };
  }

  /** Somebody, or a request, ended a sound process. */
  get wasEndedFromOutside(): boolean {
    if (this.#readyAt === undefined) return false;
    const bySignal = this.#cause === undefined && this.end !== undefined && isFromOutside(this.end);
    return bySignal || this.channel?.endedByRequest === true;
  }

  /** The machine had nothing to start it with. */
  get lackedResources(): boolean {
    return this.end !== undefined && isShortage(this.end);
  }

  /** It registered. */
  adopt(channel: WorkerChannel): void {
    this.channel = channel;
    channel.onClose((reason) => this.#whenClosed(reason));
    const { options, heartbeatHistory } = this.#owner;
    if (options.pingInterval > 0)
      this.#heartbeat = new Heartbeat(channel, options, heartbeatHistory, () => this.#whenHung());
    if (options.readyWhen === "registered") this.#becomeReady();
  }

  /** What it uses now; undefined once it has ended. */
  async readUsage(): Promise<Usage | undefined> {
    const usage = this.end === undefined ? await this.#meter?.read() : undefined;
    if (usage !== undefined) this.usage = usage;
    return usage;
  }

  /** Lets it finish its requests, asks it to end, and kills it when it does not. Resolves when nothing of it is left. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Ends it at once, whatever it is at. */
  kill(): void {
    void this.stop();
    this.#forced.resolve();
    this.#child.signal("SIGKILL");
  }

  async #stop(): Promise<void> {
    if (this.#state.take("stop")) {
      this.#stopWaiting();
      const { promise: tooLong, resolve } = Promise.withResolvers<void>();
      const timer = startTimer(resolve, this.#owner.options.drainTimeout);
      await Promise.race([this.channel?.drain(), this.#child.exited, this.#forced.promise, tooLong]);
      clearTimeout(timer);
    }
    await this.#child.stop();
  }

  #becomeReady(): void {
    if (!this.#state.take("ready")) return;
    clearTimeout(this.#timer);
    this.#readyAt = performance.now();
    this.#owner.ready(this);
    this.#settleReady(true);
  }

  #whenClosed(reason: string | undefined): void {
    this.#heartbeat?.stop();
    this.#closed.resolve();
    const byItself: Loss = this.#stopping === undefined ? "own" : "outside";
    afterPoll(() => this.#settleLoss(byItself), EXIT_GRACE); // most often its exit tells before
    if (reason !== undefined) this.#terminate(`broke the protocol: ${reason}`, "SIGTERM");
    else if (this.#lose()) {
      this.#timer = afterPoll(() => {
        if (this.end !== undefined) return;
        this.#cause = "closed its connection";
        this.#settleLoss("own");
        this.#settleCauseKnown();
        void this.#child.stop();
      }, EXIT_GRACE);
    }
  }

  #whenHung(): void {
    this.#terminate(`hung: it gave no sign of life for ${this.#owner.options.pingTimeout} ms`, "SIGKILL");
    this.channel?.close();
  }

  /** It is of no use as it is. */
  #terminate(cause: string, signal: "SIGTERM" | "SIGKILL"): void {
    if (this.state !== "starting" && this.state !== "ready") return;
    this.#cause = cause;
    this.#lose();
    this.#settleLoss("own");
    this.#settleCauseKnown();
    if (signal === "SIGKILL") this.#child.signal(signal);
    else void this.#child.stop();
  }

  /** False when it was lost, or asked to end, before. */
  #lose(): boolean {
    if (!this.#state.take("fault")) return false;
    this.#stopWaiting();
    const { channel } = this;
    channel?.setActive(false);
    this.#owner.lost(this);
    return true;
  }

  /** Nothing is waited for of it any more but its end. */
  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#heartbeat?.stop();
    this.#settleReady(false);
  }

  #whenExited(): void {
    if (!this.#lose()) this.#stopWaiting();
    this.#settleLoss(
      this.#child.wasSignalled || (this.end !== undefined && isFromOutside(this.end)) ? "outside" : "own",
    );
    this.#settleCauseKnown();
    this.#timer = setTimeout(() => this.channel?.close(), LAST_MESSAGES);
  }

  /** What its connection left is known by then, which LAST_MESSAGES bounds. */
  async #whenRead(): Promise<void> {
    if (this.channel !== undefined) await this.#closed.promise;
    if (this.state === "crashed") this.#owner.crashed(this);
  }

  #whenEnded(): void {
    clearTimeout(this.#timer);
    this.channel?.close();
    this.#state.take("end");
    this.#owner.ended(this);
  }
}

/** As setTimeout. An exit that is pending when the service was held up is read before: polling precedes an immediate. */
function afterPoll(callback: () => void, delay: number): NodeJS.Timeout {
  return startTimer(() => setImmediate(callback), delay);
}
