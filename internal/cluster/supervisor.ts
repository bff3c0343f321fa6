import type { Result } from "../../protocol/commands/index.ts";
import { XsysError } from "../../protocol/errors.ts";
import type { Logger } from "../base/log.ts";
import { OrphanGuard } from "../processes/orphan-guard.ts";
import type { OutputName } from "../processes/output.ts";
import type { LogLine } from "../processes/output-tail.ts";
import type { MemberState } from "../processes/states.ts";
import type { WorkerChannel } from "../workers/channel.ts";
import type { Loss } from "../workers/loss.ts";
import { CrashLog } from "./crash-log.ts";
import type { CrashRecord } from "./crash-record.ts";
import { LimitWatch } from "./limit-watch.ts";
import { Member, type MemberOwner } from "./member.ts";
import type { ClusterOptions } from "./options.ts";

export type ClusterStatus = Result<"cluster.status">;

interface SupervisorDeps {
  readonly log: Logger;
  /** Takes what workers print. */
  readonly onWorkerLine?: (id: string, stream: OutputName, line: string, isRepeat: boolean) => void;
  /** All members were given up (`maxRestarts`): no worker comes back by itself. */
  readonly onGivenUp?: (why: string) => void;
}

/** Keeps a number of processes of one command running: some that are given work, some that stand by. */
export class Supervisor {
  readonly #options: ClusterOptions;
  readonly #log: Logger;
  readonly #members: readonly Member[];
  readonly #guard = new OrphanGuard();
  readonly #crashes: CrashLog;
  readonly #limits: LimitWatch;
  readonly #readers = new Set<(line: LogLine) => void>();
  #stopping: Promise<void> | undefined;

  constructor(options: ClusterOptions, { log, onWorkerLine, onGivenUp }: SupervisorDeps) {
    this.#options = options;
    this.#log = log;
    this.#crashes = new CrashLog(log);
    const owner: MemberOwner = {
      options,
      log,
      guard: this.#guard,
      line: (line, isRepeat) => {
        onWorkerLine?.(line.id, line.stream, line.line, isRepeat);
        for (const reader of this.#readers) reader(line);
      },
      changed: () => this.#promoteStandbys(),
      ready: () => this.#crashes.forget(),
      crashed: (member, process, crash) => {
        this.#crashes.add(member, process, crash);
        if (crash.isLast && this.#members.every(({ state }) => NOT_STARTED_AGAIN.has(state))) {
          onGivenUp?.(
            `all workers were given up after ${member.failedStarts} failed starts in a row. The last: ${member.reason}`,
          );
        }
      },
    };
    this.#members = Array.from(
      { length: options.workers + options.standbys },
      (_, i) => new Member(String(i), i < options.workers ? "active" : "standby", owner),
    );
    this.#limits = new LimitWatch(options, log, this.#members);
  }

  /** Starts all members. What they connect to must listen by then. */
  start(): void {
    for (const member of this.#members) member.start();
    this.#limits.start();
  }

  /** Takes the connection of a worker that registered; undefined for one that is no process of this. */
  adopt(channel: WorkerChannel): Promise<Loss> | undefined {
    return this.#members.find(({ id }) => id === channel.id)?.adopt(channel);
  }

  /** Whether a worker is ready, or may become so by itself. */
  get expectsWorker(): boolean {
    return this.#stopping === undefined && this.#members.some(({ state }) => EXPECTED.has(state));
  }

  /** Active members without a ready process that are being started, or are about to be. */
  get pending(): number {
    return this.#members.filter(({ role, state }) => role === "active" && PENDING.has(state)).length;
  }

  /** How many members are in each state; states without any are left out. */
  get states(): Readonly<Partial<Record<MemberState, number>>> {
    const counts: Partial<Record<MemberState, number>> = {};
    for (const { state } of this.#members) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  /** Processes started in place of others. */
  get restarts(): number {
    return this.#members.reduce((sum, { starts }) => sum + Math.max(0, starts - 1), 0);
  }

  status(): ClusterStatus {
    const { workers, standbys } = this.#options;
    const ready = this.#members.filter(({ role, state }) => role === "active" && state === "ready").length;
    return {
      workers,
      ready,
      standbys,
      restarts: this.restarts,
      crashes: this.#crashes.total,
      members: this.#members.map(describe),
    };
  }

  /** The latest first, at most 100. */
  crashes(): readonly CrashRecord[] {
    return this.#crashes.records;
  }

  /**
   * The last lines of a member, or of all in the order of time; `lines` of each, at most 200.
   * @throws NOT_FOUND when there is no such member.
   */
  logs(id?: string, lines: number = 200): readonly LogLine[] {
    return this.#named(id)
      .flatMap((member) => member.lines.last(lines))
      .toSorted((a, b) => a.time - b.time);
  }

  /** Passes on what workers print from now on; gives what ends that. */
  follow(reader: (line: LogLine) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /**
   * Replaces members one after the other, each when its successor is ready. Of all, those that were stopped are left out.
   * @throws NOT_FOUND, or UNAVAILABLE when one does not get ready: those after it are as they were.
   */
  async restart(id?: string, signal?: AbortSignal, onReplaced: (member: Member) => unknown = () => {}): Promise<void> {
    this.#refuseStopping();
    const members = this.#named(id).filter(
      ({ state }) => id !== undefined || (state !== "stopped" && state !== "draining"),
    );
    for (const member of members) {
      signal?.throwIfAborted();
      this.#refuseStopping();
      if (member.current === undefined) await member.revive();
      else await member.replace();
      await onReplaced(member);
    }
  }

  /** Lets a member finish and ends it; a ready standby takes its place. @throws NOT_FOUND. */
  async stopMember(id: string): Promise<void> {
    for (const member of this.#named(id)) await member.stop();
  }

  /** Starts a member that was stopped; resolves when it is ready. @throws NOT_FOUND, UNAVAILABLE. */
  async startMember(id: string): Promise<void> {
    this.#refuseStopping();
    for (const member of this.#named(id)) await member.revive();
  }

  /** Lets all finish and ends them; with `force`, at once, also when they are being stopped already. */
  stop(force = false): Promise<void> {
    this.#stopping ??= this.#stop();
    if (force) for (const member of this.#members) member.kill();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#limits.stop();
    await Promise.all(this.#members.map((member) => member.stop()));
    this.#guard.close();
    this.#log.info("all workers have ended");
  }

  #named(id: string | undefined): readonly Member[] {
    if (id === undefined) return this.#members;
    const member = this.#members.find((each) => each.id === id);
    if (member !== undefined) return [member];
    throw new XsysError("NOT_FOUND", `there is no worker ${id}: there are 0 to ${this.#members.length - 1}`, {
      details: { id },
    });
  }

  #refuseStopping(): void {
    if (this.#stopping !== undefined) throw new XsysError("UNAVAILABLE", "the workers are being stopped");
  }

  /** A ready standby changes places with an active member that is down. */
  #promoteStandbys(): void {
    if (this.#stopping !== undefined) return;
    for (const member of this.#members) {
      if (member.role !== "active" || !member.isDown) continue;
      const standby = this.#members.find(({ role, state }) => role === "standby" && state === "ready");
      if (standby === undefined) return;
      member.role = "standby";
      standby.role = "active";
      this.#log.info({ worker: standby.id }, `worker ${standby.id} takes the place of worker ${member.id}`);
    }
  }
}

const EXPECTED: ReadonlySet<string> = new Set(["starting", "ready", "backing-off"] satisfies Member["state"][]);
const PENDING: ReadonlySet<string> = new Set(["starting", "backing-off"] satisfies Member["state"][]);
const NOT_STARTED_AGAIN: ReadonlySet<string> = new Set(["hopeless", "stopped", "draining"] satisfies Member["state"][]);

function describe(member: Member): ClusterStatus["members"][number] {
  const { id, role, state, replacing, current, starts, lastEnd, reason, failedStarts, nextStart } = member;
  return {
    id,
    role,
    state,
    replacing,
    ...(current?.pid !== undefined && { pid: current.pid }),
    ...(current !== undefined && { uptime: current.age / 1000 }),
    ...(current?.usage !== undefined && { memory: current.usage.memory, cpu: current.usage.cpu }),
    in_flight: current?.channel?.inFlight ?? 0,
    restarts: Math.max(0, starts - 1),
    ...(lastEnd !== undefined && { last_end: lastEnd }),
    failed_starts: failedStarts,
    ...(reason !== undefined && { reason }),
    ...(nextStart !== undefined && { next_start: nextStart / 1000 }),
  };
}
