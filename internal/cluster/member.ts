import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import { Backoff } from "../processes/backoff.ts";
import { withLastLine } from "../processes/last-line.ts";
import { LastLines, type LogLine } from "../processes/output-tail.ts";
import { startFailure } from "../processes/start-failure.ts";
import { MEMBER_STEPS, type MemberState, StateMachine } from "../processes/states.ts";
import type { WorkerChannel } from "../workers/channel.ts";
import type { Loss } from "../workers/loss.ts";
import { WorkerProcess, type WorkerProcessOwner } from "./worker-process.ts";

/** Milliseconds before a standby is started again: clients then met with gaps of 15 ms in place of 18. */
const STANDBY_PAUSE = 250;

/** A standby is started and ready, and given no work until it takes another's place. */
export type Role = "active" | "standby";

export interface Crash {
  /** Why it did not start; undefined for one that was ready. */
  readonly cause: string | undefined;
  /** The member was given up after it. */
  readonly isLast: boolean;
}

/** Dependencies and callbacks that a member gets from its supervisor. */
export interface MemberOwner extends Pick<WorkerProcessOwner, "options" | "log" | "guard"> {
  /** A line of its output; `isRepeat` while a start that fails for a known reason is tried again. */
  line(line: LogLine, isRepeat: boolean): void;
  /** It got ready, or is so no more. */
  changed(): void;
  /** A process of it got ready. */
  ready(): void;
  /** A process of it has ended that was not asked to, and all that it printed is read. */
  crashed(member: Member, process: WorkerProcess, crash: Crash): void;
}

/** A worker's place: one process at a time, and its successor while it is being replaced. */
export class Member {
  readonly id: string;
  readonly lines = new LastLines();
  /** Processes started. */
  starts = 0;
  /** How the last process ended that was not asked to. */
  lastEnd: string | undefined;
  /** Why the last start failed, in words; undefined once one has succeeded. */
  reason: string | undefined;
  readonly #owner: MemberOwner;
  readonly #state = new StateMachine(MEMBER_STEPS, "stopped");
  readonly #backoff: Backoff;
  readonly #processOwner: Omit<WorkerProcessOwner, "line">;
  #role: Role;
  #current: WorkerProcess | undefined;
  #successor: WorkerProcess | undefined;
  /** Those that were lost, replaced or stopped, and have not ended. */
  readonly #leaving = new Set<WorkerProcess>();
  #respawn: NodeJS.Timeout | undefined;
  /** When it is started again, by performance.now(). */
  #respawnAt: number | undefined;
  /** The last start failed for a reason that is known: its output is the same again, most often. */
  #isRepeat = false;
  /** What stands for a process in `lines`: its successor may print before its own output is read to the end. */
  readonly #outputOf = new WeakMap<WorkerProcess, object>();
  /** The process after whose loss no other was started. */
  #lastProcess: WorkerProcess | undefined;
  #replacing: Promise<void> | undefined;

  constructor(id: string, role: Role, owner: MemberOwner) {
    this.id = id;
    this.#role = role;
    this.#owner = owner;
    this.#backoff = new Backoff(owner.options);
    this.#processOwner = {
      options: owner.options,
      log: owner.log,
      guard: owner.guard,
      heartbeatHistory: { answersPings: false },
      ready: (process) => this.#whenReady(process),
      lost: (process) => this.#whenLost(process),
      crashed: (process) => this.#whenCrashed(process),
      ended: (process) => this.#whenEnded(process),
    };
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

  /** In a row, up to now. */
  get failedStarts(): number {
    return this.#backoff.failedStarts;
  }

  /** Milliseconds until it is started again; undefined unless it waits for that. */
  get nextStart(): number | undefined {
    if (this.state !== "backing-off" || this.#respawnAt === undefined) return undefined;
    return Math.max(0, this.#respawnAt - performance.now());
  }

  get replacing(): boolean {
    return this.#successor !== undefined;
  }

  /** Those that work, or are about to. */
  get processes(): WorkerProcess[] {
    return [this.#current, this.#successor].filter((process) => process !== undefined);
  }

  /** Whether a standby is to take its place: it was lost, and is not just being started for the first time. */
  get isDown(): boolean {
    return this.state !== "ready" && !(this.state === "starting" && this.starts === 1);
  }

  /** Takes a worker that registered for one of its processes; resolves, once that is lost, with why. */
  adopt(channel: WorkerChannel): Promise<Loss> | undefined {
    const newestFirst = this.processes.toReversed();
    const free = newestFirst.filter((process) => process.channel === undefined);
    const process = channel.key === undefined ? free[0] : free.find(({ key }) => key === channel.key);
    if (process === undefined) return undefined;
    process.adopt(channel);
    channel.setActive(this.#role === "active" && process === this.#current && process.state === "ready");
    return process.whyLost;
  }

  /** Starts it, which was stopped or has failed; one that runs is left as it is. */
  start(): void {
    if (!this.#state.take("start")) return;
    clearTimeout(this.#respawn);
    this.#current = this.#spawn();
  }

  /** The same by hand: what was, is forgotten. Resolves when it is ready. @throws UNAVAILABLE when it does not get there. */
  async revive(): Promise<void> {
    this.#backoff.forget();
    this.start();
    const process = this.#current;
    if (await process?.whenReady) return;
    throw new XsysError("UNAVAILABLE", `worker ${this.id} did not start: ${describeFailure(process)}`);
  }

  /**
   * Starts another process, and lets the one there is go when the new one is ready. Resolves when that has ended.
   * @throws UNAVAILABLE when the new one does not get ready: nothing else has changed then.
   */
  replace(): Promise<void> {
    this.#replacing ??= this.#replace().finally(() => {
      this.#replacing = undefined;
    });
    return this.#replacing;
  }

  /** Lets it finish, and ends it, until it is started again. */
  async stop(): Promise<void> {
    clearTimeout(this.#respawn);
    this.#state.take("stop");
    this.#owner.changed();
    await Promise.all([...this.processes, ...this.#leaving].map((process) => process.stop()));
    this.#state.take("end");
  }

  /** Ends all of it at once. */
  kill(): void {
    clearTimeout(this.#respawn);
    this.#state.take("stop");
    for (const process of [...this.processes, ...this.#leaving]) process.kill();
  }

  #spawn(): WorkerProcess {
    this.starts++;
    const by = {};
    const process = new WorkerProcess(this.id, {
      ...this.#processOwner,
      line: (stream, line) => this.#addLine({ time: Date.now() / 1000, id: this.id, stream, line }, by),
    });
    this.#outputOf.set(process, by);
    return process;
  }

  async #replace(): Promise<void> {
    const before = this.#current;
    if (before === undefined || this.state === "draining") {
      throw new XsysError("UNAVAILABLE", `worker ${this.id} is ${this.state}`);
    }
    const next = this.#spawn();
    this.#successor = next;
    if (await next.whenReady) await before.stop();
    else {
      const why = `the one to replace it ${describeFailure(next)}`;
      throw new XsysError("UNAVAILABLE", `worker ${this.id} was not replaced: ${why}`);
    }
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
    if (process === this.#current && process.startSucceeded) this.#clearFailures();
    void process.readUsage().catch(() => {}); // the checks tell of it
    this.#owner.log.info({ worker: this.id, pid: process.pid, role: this.#role }, `worker ${this.id} is ready`);
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
    const cause = process.startSucceeded ? undefined : this.#causeOf(process);
    if (this.state !== "ready") this.reason = cause ?? this.reason;
    this.#owner.crashed(this, process, { cause, isLast: process === this.#lastProcess });
  }

  #causeOf(process: WorkerProcess): string {
    const lines = this.linesOf(process);
    const { end, endedBySupervisor } = process;
    const known = startFailure({ end, endedBySupervisor, lines }, this.#owner.options);
    this.#isRepeat = known !== undefined && this.state !== "ready";
    return known ?? withLastLine(`it ${process.reason}`, lines);
  }

  /** What a process printed, as far as it is kept. */
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
    if (!this.#owner.options.respawn) this.#state.take("leave");
    else if (this.#state.take("lost")) void process.whenCauseKnown.then(() => this.#startAfter(process));
  }

  #startAfter(process: WorkerProcess): void {
    if (this.state !== "backing-off") return;
    const wait = this.#backoff.next(process);
    if (wait !== "given-up") this.#startIn(Math.max(wait, this.#minWait));
    else if (this.#state.take("give-up")) this.#lastProcess = process;
  }

  #startIn(milliseconds: number): void {
    this.#respawnAt = performance.now() + milliseconds;
    this.#respawn = startTimer(() => this.start(), milliseconds);
  }

  /** A standby's start would take the processor from the one that has just taken a dead one's work over, and is cold. */
  get #minWait(): number {
    return this.#role === "standby" ? STANDBY_PAUSE : 0;
  }

  #whenEnded(process: WorkerProcess): void {
    this.#leaving.delete(process);
    if (process === this.#current) this.#current = undefined;
    if (process === this.#successor) this.#successor = undefined;
  }
}

function describeFailure(process: WorkerProcess | undefined): string {
  return process?.state === "crashed" ? process.reason : "was stopped meanwhile";
}
