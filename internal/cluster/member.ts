import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import { Backoff } from "../processes/backoff.ts";
import { withLastLine } from "../processes/last-line.ts";
import { type LogLine, OutputTail } from "../processes/output-tail.ts";
import { NEEDS_NO_PORT, startFailure } from "../processes/start-failure.ts";
import { MEMBER_STEPS, type MemberState, type ProcessState, StateMachine } from "../processes/states.ts";
import type { WorkerChannel } from "../workers/channel.ts";
import type { Loss } from "../workers/loss.ts";
import type { MemberKind } from "./options.ts";
import { type Beginning, type RunningWorker, WorkerProcess, type WorkerProcessOwner } from "./worker-process.ts";

/** Minimum milliseconds before a standby is restarted. It reduced the gap that clients see from 18 to 15 ms. */
const STANDBY_PAUSE = 250;

/** A standby is started and ready, but gets no requests until it replaces an active member. */
export type Role = "active" | "standby";

export interface Crash {
  /** Why the start failed; undefined if the process had been ready. */
  readonly cause: string | undefined;
  /** The member was abandoned after this crash. */
  readonly isLast: boolean;
}

/** Dependencies and callbacks that a member gets from its supervisor. */
export interface MemberOwner extends Pick<WorkerProcessOwner, "options" | "log" | "guard" | "starter"> {
  /** Called for each line of output; `isRepeat` while a start that failed for a known reason is retried. */
  line(line: LogLine, isRepeat: boolean): void;
  /** The member became ready, or is no longer ready. */
  changed(): void;
  /** A process of the member started successfully. */
  ready(): void;
  /** A process of the member ended unexpectedly, and all its output was read. */
  crashed(member: Member, process: WorkerProcess, crash: Crash): void;
}

/** One worker of a cluster: it has one process at a time, and a successor while that is being replaced. */
export class Member {
  readonly id: string;
  readonly lines = new OutputTail();
  /** Number of started processes. */
  starts = 0;
  /** How the last process that ended unexpectedly did so. */
  lastEnd: string | undefined;
  /** Why the last start failed; undefined after a successful start. */
  reason: string | undefined;
  readonly #owner: MemberOwner;
  readonly #state = new StateMachine(MEMBER_STEPS, "stopped");
  readonly #backoff: Backoff;
  readonly #processOwner: Omit<WorkerProcessOwner, "line">;
  #role: Role;
  #current: WorkerProcess | undefined;
  #successor: WorkerProcess | undefined;
  /** Processes that were lost, replaced or stopped, and are still running. */
  readonly #leaving = new Set<WorkerProcess>();
  #respawn: NodeJS.Timeout | undefined;
  /** When the next start is due, by performance.now(). */
  #respawnAt: number | undefined;
  /** Its last process has ended as it should, with a status after which it is not started again. */
  #hasFinished = false;
  /** The last start failed for a known reason, so the next one is likely to print the same output. */
  #isRepeat = false;
  /**
   * Identifies the output of each process in `lines`: outputs may overlap, because a successor prints while the rest
   * is read.
   */
  readonly #outputOf = new WeakMap<WorkerProcess, object>();
  /** The process after which the member was abandoned. */
  #lastProcess: WorkerProcess | undefined;
  #replacing: Promise<void> | undefined;
  /** Number of calls of `stop`. */
  #stops = 0;

  constructor(id: string, role: Role, owner: MemberOwner) {
    this.id = id;
    this.#role = role;
    this.#owner = owner;
    this.#backoff = new Backoff(owner.options);
    this.#processOwner = {
      options: owner.options,
      log: owner.log,
      guard: owner.guard,
      starter: owner.starter,
      heartbeatHistory: { answersPings: false },
      ready: (process) => this.#whenReady(process),
      lost: (process) => this.#whenLost(process),
      crashed: (process) => this.#whenCrashed(process),
      ended: (process) => this.#whenEnded(process),
    };
  }

  /** Its name in the log, such as `worker 3`. */
  get name(): string {
    const { of } = this.#owner.options;
    return `${this.#kind} ${this.id}${of === undefined ? "" : ` of ${of}`}`;
  }

  /** Fields of log records about it. */
  get logFields(): Readonly<Record<string, string>> {
    return { [this.#kind]: this.id };
  }

  get #kind(): MemberKind {
    return this.#owner.options.kind ?? "worker";
  }

  get state(): MemberState {
    return this.#state.now;
  }

  get role(): Role {
    return this.#role;
  }

  set role(role: Role) {
    this.#role = role;
    this.#current?.channel?.setActive(role === "active");
  }

  get current(): WorkerProcess | undefined {
    return this.#current;
  }

  /** Consecutive failed starts so far. */
  get failedStarts(): number {
    return this.#backoff.failedStarts;
  }

  /** Milliseconds until the next start; undefined unless the member is backing off. */
  get nextStart(): number | undefined {
    if (this.state !== "backing-off" || this.#respawnAt === undefined) return undefined;
    return Math.max(0, this.#respawnAt - performance.now());
  }

  /** Its last process has ended as it should (`stopExitCodes`). */
  get hasFinished(): boolean {
    return this.#hasFinished;
  }

  /** Its last process has ended by itself, and is not started again until that is asked for. */
  get isOver(): boolean {
    return this.#hasFinished || this.state === "crashed";
  }

  get replacing(): boolean {
    return this.#successor !== undefined;
  }

  /** The current process and its successor. */
  get processes(): WorkerProcess[] {
    return [this.#current, this.#successor].filter((process) => process !== undefined);
  }

  /** Whether a standby should replace it: it is not ready, and this is not its first start. */
  get isDown(): boolean {
    return this.state !== "ready" && !(this.state === "starting" && this.starts === 1);
  }

  /** Assigns a registered worker to one of the processes. Resolves with the reason when that process is lost. */
  adopt(channel: WorkerChannel): Promise<Loss> | undefined {
    const newestFirst = this.processes.toReversed();
    const free = newestFirst.filter((process) => process.channel === undefined);
    const process = channel.key === undefined ? free[0] : free.find(({ key }) => key === channel.key);
    if (process === undefined) return undefined;
    const before: ProcessState = process.state;
    process.adopt(channel);
    if (process.state === before) this.#assignRole(process); // else `#whenReady` has told the worker
    return process.whyLost;
  }

  /** Tells the worker of a process whether it gets requests. */
  #assignRole(process: WorkerProcess): void {
    const { channel } = process;
    const isReady = process === this.#current && process.state === "ready";
    channel?.setActive(isReady && this.#role === "active");
    const { warmUp } = this.#owner.options;
    const isWaiting = isReady ? this.#role === "standby" : warmUp !== undefined && process.state === "starting";
    if (isWaiting) channel?.warmUp(warmUp);
  }

  /** Starts a stopped or failed member. Does nothing if it is running. */
  start(beginning: Pick<Beginning, "isReplacement"> = {}): void {
    if (!this.#state.take("start")) return;
    clearTimeout(this.#respawn);
    this.#hasFinished = false;
    this.#current = this.#spawn(beginning);
  }

  /** Its last process ended under an earlier supervisor, and is not started again until that is asked for. */
  leaveOver({ hasFinished }: { readonly hasFinished: boolean }): void {
    if (this.state !== "stopped") return;
    this.#hasFinished = hasFinished;
    if (!hasFinished) for (const event of ["start", "leave"] as const) this.#state.take(event);
  }

  /** Takes over a process that an earlier supervisor started. Does nothing if the member has a process. */
  takeOver(running: RunningWorker): void {
    if (this.#state.take("start")) this.#current = this.#spawn({ running });
  }

  /**
   * Resolves when its process has been ready for so many milliseconds.
   * @throws UNAVAILABLE if it has ended before
   */
  async served(milliseconds: number): Promise<void> {
    const process = this.#current;
    if (await process?.hasServedFor(milliseconds)) return;
    throw new XsysError("UNAVAILABLE", `${this.name} did not start: ${await this.#failureOf(process)}`);
  }

  /** A manual start: resets the backoff. Resolves when the member is ready. @throws UNAVAILABLE if the start fails. */
  async revive(): Promise<void> {
    this.#backoff.forget();
    this.start();
    const process = this.#current;
    if ((await process?.whenReady) || process?.hasFinished) return;
    throw new XsysError("UNAVAILABLE", `${this.name} did not start: ${await this.#failureOf(process)}`);
  }

  /**
   * Starts a new process, and stops the old one when the new one is ready. Resolves when the old one has ended. If the
   * two must not overlap, the old one is stopped first.
   * @throws UNAVAILABLE if the new process does not become ready: the old one keeps running, if they may overlap.
   */
  replace(): Promise<void> {
    this.#replacing ??= (this.#owner.options.overlap === false ? this.#restart() : this.#replace()).finally(() => {
      this.#replacing = undefined;
    });
    return this.#replacing;
  }

  /** Drains and stops the member. It stays stopped until it is started explicitly. */
  async stop(): Promise<void> {
    this.#stops++;
    clearTimeout(this.#respawn);
    this.#state.take("stop");
    this.#owner.changed();
    await Promise.all([...this.processes, ...this.#leaving].map((process) => process.stop()));
    this.#state.take("end");
  }

  /** Kills all its processes. */
  kill(): void {
    clearTimeout(this.#respawn);
    this.#state.take("stop");
    for (const process of [...this.processes, ...this.#leaving]) process.kill();
  }

  #spawn(beginning: Beginning = {}): WorkerProcess {
    this.starts++;
    const by = {};
    const identity = { id: this.id, name: this.name, fields: this.logFields };
    const owner: WorkerProcessOwner = {
      ...this.#processOwner,
      line: (stream, line) => this.#addLine({ time: Date.now() / 1000, id: this.id, stream, line }, by),
    };
    const process = new WorkerProcess(identity, owner, beginning);
    this.#outputOf.set(process, by);
    return process;
  }

  async #replace(): Promise<void> {
    const before = this.#current;
    if (before === undefined || this.state === "draining") {
      throw new XsysError("UNAVAILABLE", `${this.name} is ${this.state}`);
    }
    const next = this.#spawn({ isReplacement: true });
    this.#successor = next;
    if (await next.whenReady) await before.stop();
    else {
      const why = `the new process did not start: ${await this.#failureOf(next)}`;
      throw new XsysError("UNAVAILABLE", `${this.name} was not replaced: ${why}`);
    }
  }

  /** Why a process did not become ready, when all its output was read. */
  async #failureOf(process: WorkerProcess | undefined): Promise<string> {
    if (process?.state !== "crashed") return "it was stopped before it was ready";
    await process.whenRead;
    return this.#causeOf(process);
  }

  async #restart(): Promise<void> {
    const before = this.#stops;
    await this.stop();
    if (this.#stops !== before + 1) throw new XsysError("UNAVAILABLE", `${this.name} was stopped`);
    await this.revive();
  }

  #addLine(line: LogLine, by: object): void {
    this.lines.add(line, by);
    this.#owner.line(line, this.#isRepeat && this.state !== "ready");
  }

  #whenReady(process: WorkerProcess): void {
    const before = this.#current;
    if (process === this.#successor) {
      this.#successor = undefined;
      this.#current = process;
      if (before !== undefined) this.#leaving.add(before);
    }
    this.#state.take("ready");
    this.#assignRole(process);
    if (process === this.#current && process.startSucceeded) this.#clearFailures();
    void process.readUsage().catch(() => {}); // reported by the periodic checks
    this.#owner.log.info({ ...this.logFields, pid: process.pid, role: this.#role }, `${this.name} is ready`);
    this.#owner.changed();
  }

  #clearFailures(): void {
    this.#backoff.ready();
    this.reason = undefined;
    this.#isRepeat = false;
    this.#owner.ready();
  }

  #whenCrashed(process: WorkerProcess): void {
    this.lastEnd = process.reason;
    if (process.hasFinished) {
      this.reason = undefined;
      return;
    }
    const cause = process.startSucceeded ? undefined : this.#causeOf(process);
    if (this.state !== "ready") this.reason = cause ?? this.reason;
    this.#owner.crashed(this, process, { cause, isLast: process === this.#lastProcess });
  }

  #causeOf(process: WorkerProcess): string {
    const lines = this.linesOf(process);
    const { end, endedBySupervisor } = process;
    const { options } = this.#owner;
    const portHint = options.portHint ?? (options.readyWhen === "registered" ? NEEDS_NO_PORT : undefined);
    const known = startFailure({ end, endedBySupervisor, lines }, { ...options, portHint });
    this.#isRepeat = known !== undefined && this.state !== "ready";
    return known ?? withLastLine(`it ${process.reason}`, lines);
  }

  /** The kept output lines of a process. */
  linesOf(process: WorkerProcess): readonly string[] {
    const by = this.#outputOf.get(process);
    return by === undefined ? [] : this.lines.of(by).map(({ line }) => line);
  }

  #whenLost(process: WorkerProcess): void {
    this.#leaving.add(process);
    if (process === this.#successor) this.#successor = undefined;
    else if (process === this.#current) {
      this.#current = this.#successor;
      this.#successor = undefined;
      if (this.#current !== undefined) this.#state.take("succeeded");
      else this.#continueWithout(process);
      this.#owner.changed();
    }
  }

  #continueWithout(process: WorkerProcess): void {
    if (!this.#owner.options.respawn) this.#leave(process);
    else if (this.#state.take("lost")) void process.whenCauseKnown.then(() => this.#startAfter(process));
  }

  #leave(process: WorkerProcess): void {
    this.#state.take("leave");
    if (!process.hasFinished) return;
    this.#state.take("stop");
    this.#hasFinished = true;
  }

  #startAfter(process: WorkerProcess): void {
    if (this.state !== "backing-off") return;
    if (process.hasFinished) {
      this.#state.take("finish");
      this.#hasFinished = true;
      this.#owner.changed();
      return;
    }
    const wait = this.#backoff.next(process);
    if (wait !== "given-up") this.#startIn(Math.max(wait, this.#minWait));
    else if (this.#state.take("give-up")) this.#lastProcess = process;
  }

  /** At once without a timer, which takes 1 ms at least, and as long as the event loop is busy. */
  #startIn(milliseconds: number): void {
    if (milliseconds === 0) {
      this.start();
      return;
    }
    this.#respawnAt = performance.now() + milliseconds;
    this.#respawn = startTimer(() => this.start(), milliseconds);
  }

  /** Starting a standby at once would compete for CPU with the worker that has just taken over and is not warmed up. */
  get #minWait(): number {
    return this.#role === "standby" ? STANDBY_PAUSE : 0;
  }

  #whenEnded(process: WorkerProcess): void {
    this.#leaving.delete(process);
    if (process === this.#current) this.#current = undefined;
    if (process === this.#successor) this.#successor = undefined;
  }
}
