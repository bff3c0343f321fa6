import { randomUUID } from "node:crypto";
import { startTimer } from "../../protocol/timers.ts";
import { describeEnd, isFromOutside, isShortage, type ProcessEnd } from "../processes/end.ts";
import { Heartbeat, type HeartbeatHistory } from "../processes/heartbeat.ts";
import { ManagedProcess, type ManagedProcessOwner } from "../processes/managed-process.ts";
import type { Starter } from "../processes/running-process.ts";
import type { Identity } from "../processes/start.ts";
import { PROCESS_STEPS, type ProcessState, StateMachine } from "../processes/states.ts";
import { type Usage, UsageMeter } from "../processes/usage.ts";
import type { WorkerChannel } from "../workers/channel.ts";
import type { Loss } from "../workers/loss.ts";
import { MAX_REQUESTS, NO_WORK, type Workload } from "./crash-record.ts";
import type { ClusterOptions } from "./options.ts";

/** Milliseconds that a process has to exit after it closed its connection, as most do, before it is stopped. */
const EXIT_GRACE = 100;
/** Milliseconds to read the last messages of an exited process. A child of it may keep the connection open. */
const LAST_MESSAGES = 200;

/** Milliseconds that a process must run to count as a successful start, if it is ready as soon as it runs. */
const SUCCEEDED_AFTER = 1_000;

/** Dependencies and callbacks that a worker process gets from its member. */
export interface WorkerProcessOwner extends ManagedProcessOwner {
  readonly options: ClusterOptions;
  readonly heartbeatHistory: HeartbeatHistory;
  /** The process is ready. */
  ready(process: WorkerProcess): void;
  /** The process failed unexpectedly. It may still be running, if the failure was noticed before its exit. */
  lost(process: WorkerProcess): void;
  /** The process ended unexpectedly, and all its output was read. */
  crashed(process: WorkerProcess): void;
  /** The process and its children have ended. */
  ended(process: WorkerProcess): void;
}

/** The member that a process belongs to, with its name and fields for the log. */
export interface MemberIdentity extends Pick<Identity, "name" | "fields"> {
  readonly id: string;
}

/** A process that runs already, and was started by an earlier supervisor. */
export interface RunningWorker {
  readonly key: string;
  /** Milliseconds since its start. */
  readonly age: number;
  readonly wasReady: boolean;
  readonly starter: Starter;
}

/** How a process begins. */
export interface Beginning {
  /** It runs already. */
  readonly running?: RunningWorker | undefined;
  /** It replaces another process, so it must have run for `stableFor` to count as ready. */
  readonly isReplacement?: boolean;
}

/** One process of a member, from start to end. */
export class WorkerProcess {
  /** Passed in the environment. It identifies the worker that registers. */
  readonly key: string;
  /** By performance.now(). */
  readonly startedAt: number;
  /** Resolves to true when it is ready, and to false when it can no longer become ready. */
  readonly whenReady: Promise<boolean>;
  /** Resolves when the cause of its loss is known: at its exit, or when the supervisor terminates it. */
  readonly whenCauseKnown: Promise<void>;
  /** Resolves when it has ended and all its output was read. */
  readonly whenRead: Promise<void>;
  /** Resolves within EXIT_GRACE of the end of its connection. Tells whether one of its requests may be the cause. */
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
  /** By performance.now(); undefined until it is ready. */
  #readyAt: number | undefined;
  /** Why the supervisor terminated it. */
  #cause: string | undefined;
  #stopping: Promise<void> | undefined;
  readonly #isReplacement: boolean;

  constructor(
    { id, name, fields }: MemberIdentity,
    owner: WorkerProcessOwner,
    { running, isReplacement = false }: Beginning = {},
  ) {
    this.#owner = owner;
    this.#isReplacement = isReplacement;
    this.key = running?.key ?? randomUUID();
    this.startedAt = performance.now() - (running?.age ?? 0);
    ({ promise: this.whenReady, resolve: this.#settleReady } = Promise.withResolvers<boolean>());
    ({ promise: this.whenCauseKnown, resolve: this.#settleCauseKnown } = Promise.withResolvers<void>());
    ({ promise: this.whyLost, resolve: this.#settleLoss } = Promise.withResolvers<Loss>());
    const identity = { name, fields, env: owner.options.identify(id, this.key) };
    this.#child = new ManagedProcess(identity, running === undefined ? owner : { ...owner, starter: running.starter });
    if (this.pid !== undefined) this.#meter = new UsageMeter(this.pid);
    void this.#child.exited.then(() => this.#whenExited());
    this.whenRead = this.#child.read.then(() => this.#whenRead());
    void this.#child.ended.then(() => this.#whenEnded());
    this.#awaitReady(running);
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

  /** Milliseconds since it became ready; 0 if it never did. */
  get service(): number {
    return this.#readyAt === undefined ? 0 : performance.now() - this.#readyAt;
  }

  /** Whether it became ready; if every started process counts as ready, whether it ran for SUCCEEDED_AFTER. */
  get startSucceeded(): boolean {
    return this.#owner.options.readyWhen === "started" ? this.service >= SUCCEEDED_AFTER : this.#readyAt !== undefined;
  }

  /** Undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#child.end;
  }

  /** Why it was lost: a predicate that follows the worker's name. */
  get reason(): string {
    return this.#cause ?? (this.end === undefined ? "closed its connection" : describeEnd(this.end));
  }

  /** Whether the supervisor terminated it, for the reason in `reason`. */
  get endedBySupervisor(): boolean {
    return this.#cause !== undefined;
  }

  /** Its unanswered requests; after its loss, those at that time. */
  get workload(): Workload {
    const { channel } = this;
    if (channel === undefined) return NO_WORK;
    return { count: channel.inFlight, requests: channel.requestsInFlight(MAX_REQUESTS) };
  }

  /** Whether a ready process was ended by an external signal or by a request. */
  get wasEndedFromOutside(): boolean {
    if (this.#readyAt === undefined) return false;
    const bySignal = this.#cause === undefined && this.end !== undefined && isFromOutside(this.end);
    return bySignal || this.channel?.endedByRequest === true;
  }

  /** Whether it exited by itself with a code after which it is not to be started again. */
  get hasFinished(): boolean {
    const { stopExitCodes = [] } = this.#owner.options;
    const code = this.#cause === undefined ? this.end?.code : undefined;
    return typeof code === "number" && stopExitCodes.includes(code);
  }

  /** Whether the system lacked the resources to start it. */
  get lackedResources(): boolean {
    return this.end !== undefined && isShortage(this.end);
  }

  /** The worker has registered. */
  adopt(channel: WorkerChannel): void {
    this.channel = channel;
    channel.onClose((reason) => this.#whenClosed(reason));
    const { options, heartbeatHistory } = this.#owner;
    if (options.pingInterval > 0)
      this.#heartbeat = new Heartbeat(channel, options, heartbeatHistory, () => this.#whenHung());
    if (options.readyWhen === "registered") this.#whenRegistered();
  }

  /** Resolves to whether it has been ready for so many milliseconds, or is lost before. */
  async hasServedFor(milliseconds: number): Promise<boolean> {
    if (!(await this.whenReady)) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = startTimer(() => resolve(true), milliseconds - this.service);
    void this.whenCauseKnown.then(() => resolve(false));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Reads its current usage; undefined after its end. */
  async readUsage(): Promise<Usage | undefined> {
    const usage = this.end === undefined ? await this.#meter?.read() : undefined;
    if (usage !== undefined) this.usage = usage;
    return usage;
  }

  /** Drains it, asks it to exit, and kills it if it does not. Resolves when it and its children have ended. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Kills it at once. */
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

  #awaitReady(running: RunningWorker | undefined): void {
    const { readyTimeout, readyWhen, stableFor = 0, notReadyHint } = this.#owner.options;
    if (running?.wasReady || readyWhen === "started") this.#child.onSpawn(() => this.#becomeReady());
    else if (readyWhen === "stable") this.#timer = startTimer(() => this.#becomeReady(), stableFor - this.age);
    else {
      const hint = notReadyHint === undefined ? "" : `: ${notReadyHint}`;
      const tooLate = () => this.#terminate(`was not ready within ${readyTimeout} ms${hint}`, "SIGKILL");
      this.#timer = startTimer(tooLate, readyTimeout);
    }
  }

  #whenRegistered(): void {
    const { stableFor = 0 } = this.#owner.options;
    if (this.state !== "starting") return;
    clearTimeout(this.#timer);
    if (!this.#isReplacement || stableFor === 0) this.#becomeReady();
    else this.#timer = startTimer(() => this.#becomeReady(), stableFor);
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
    afterPoll(() => this.#settleLoss(byItself), EXIT_GRACE); // usually its exit is seen earlier
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
    this.#terminate(`hung: it did not answer a ping for ${this.#owner.options.pingTimeout} ms`, "SIGKILL");
    this.channel?.close();
  }

  /** Ends a faulty process. */
  #terminate(cause: string, signal: "SIGTERM" | "SIGKILL"): void {
    if (this.state !== "starting" && this.state !== "ready") return;
    this.#cause = cause;
    this.#lose();
    this.#settleLoss("own");
    this.#settleCauseKnown();
    if (signal === "SIGKILL") this.#child.signal(signal);
    else void this.#child.stop();
  }

  /** Returns false if it was already lost or asked to stop. */
  #lose(): boolean {
    if (!this.#state.take("fault")) return false;
    this.#stopWaiting();
    const { channel } = this;
    channel?.setActive(false);
    this.#owner.lost(this);
    return true;
  }

  /** Stops the ready timeout and the heartbeat. */
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

  /** Waits for the end of the connection, at most LAST_MESSAGES: then the unanswered requests are known. */
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

/**
 * Like setTimeout, but handles pending exits first if the event loop was blocked: polling comes before an immediate.
 */
function afterPoll(callback: () => void, delay: number): NodeJS.Timeout {
  return startTimer(() => setImmediate(callback), delay);
}
