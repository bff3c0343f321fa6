import type { Result } from "../../protocol/commands/index.ts";
import { XsysError } from "../../protocol/errors.ts";
import type { Logger } from "../base/log.ts";
import { OrphanGuard } from "../processes/orphan-guard.ts";
import type { OutputName } from "../processes/output.ts";
import type { LogLine } from "../processes/output-tail.ts";
import type { Starter } from "../processes/running-process.ts";
import type { MemberState } from "../processes/states.ts";
import type { WorkerChannel } from "../workers/channel.ts";
import type { Loss } from "../workers/loss.ts";
import { CrashLog } from "./crash-log.ts";
import type { CrashRecord } from "./crash-record.ts";
import { LimitWatch } from "./limit-watch.ts";
import { Member, type MemberOwner, type Role } from "./member.ts";
import type { ClusterOptions } from "./options.ts";
import type { Beginning, RunningWorker } from "./worker-process.ts";

export type ClusterStatus = Result<"cluster.status">;

interface SupervisorDeps {
  readonly log: Logger;
  /** Called for each line of workers' output. */
  readonly onWorkerLine?: (id: string, stream: OutputName, line: string, isRepeat: boolean) => void;
  /** All members were abandoned (`maxRestarts`): no worker will be started again automatically. */
  readonly onGivenUp?: (why: string) => void;
  /** How processes are started; they outlive this process. By default, they are children that end with it. */
  readonly starter?: Starter;
  /** A member or one of its processes is in another state. */
  readonly onChange?: () => void;
}

/** Keeps a number of processes of one command running, as active workers and standbys. */
export class Supervisor {
  readonly #options: ClusterOptions;
  readonly #log: Logger;
  readonly #owner: MemberOwner;
  readonly #members: Member[];
  readonly #guard: OrphanGuard | undefined;
  readonly #crashes: CrashLog;
  readonly #limits: LimitWatch;
  /** Members whose process was taken over, and was ready. */
  readonly #foundReady = new Set<Member>();
  readonly #readers = new Set<(line: LogLine) => void>();
  /** Number of active members that are wanted. */
  #workers: number;
  #stopping: Promise<void> | undefined;

  constructor(options: ClusterOptions, { log, onWorkerLine, onGivenUp, starter, onChange }: SupervisorDeps) {
    this.#options = options;
    this.#workers = options.workers;
    this.#log = log;
    this.#crashes = new CrashLog(log, options.startCommand ?? "xsys cluster restart");
    this.#guard = starter === undefined ? new OrphanGuard() : undefined;
    this.#owner = {
      options,
      log,
      guard: this.#guard,
      starter,
      line: (line, isRepeat) => {
        onWorkerLine?.(line.id, line.stream, line.line, isRepeat);
        for (const reader of this.#readers) reader(line);
      },
      changed: () => {
        this.#promoteStandbys();
        onChange?.();
      },
      ready: () => this.#crashes.forget(),
      crashed: (member, process, crash) => {
        this.#crashes.add(member, process, crash);
        if (crash.isLast && this.#members.every(({ state }) => NOT_STARTED_AGAIN.has(state))) {
          onGivenUp?.(
            `all workers were abandoned after ${member.failedStarts} consecutive failed starts; last failure: ${member.reason}`,
          );
        }
      },
    };
    this.#members = Array.from(
      { length: options.workers + options.standbys },
      (_, i) => new Member(String(i), i < options.workers ? "active" : "standby", this.#owner),
    );
    this.#limits = new LimitWatch(options, log, this.#members);
  }

  /** Starts all members. The socket that they connect to must be listening. */
  start(beginning: Pick<Beginning, "isReplacement"> = {}): void {
    this.#replaceMissing();
    for (const member of this.#members) if (!member.isOver) member.start(beginning);
    this.#limits.start();
  }

  /**
   * Takes over a process that an earlier supervisor started, for the member with this id. Call it before `start`, which
   * starts the other members.
   */
  takeOver(id: string, role: Role, running: RunningWorker): void {
    const member = this.#members.find((each) => each.id === id) ?? this.#add(id, role);
    member.role = role;
    member.takeOver(running);
    if (running.wasReady) this.#foundReady.add(member);
  }

  /**
   * Changes the number of active members. Resolves when the new ones are ready, or when the ones above the number have
   * ended: those with the highest ids.
   * @throws UNAVAILABLE if one does not become ready: it is retried like any other.
   */
  async scale(workers: number): Promise<void> {
    this.#refuseStopping();
    this.#workers = workers;
    const active = this.#members.filter(({ role }) => role === "active");
    const surplus = active.slice(workers);
    for (const member of surplus) this.#members.splice(this.#members.indexOf(member), 1);
    await Promise.all(surplus.map((member) => member.stop()));
    const added = Array.from({ length: Math.max(0, workers - active.length) }, () => this.#add(this.#freeId, "active"));
    await Promise.all(added.map((member) => member.revive()));
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  #add(id: string, role: Role): Member {
    const member = new Member(id, role, this.#owner);
    this.#members.push(member);
    this.#members.sort((a, b) => Number(a.id) - Number(b.id));
    return member;
  }

  get #freeId(): string {
    const taken = new Set(this.#members.map(({ id }) => id));
    return String(Array.from({ length: taken.size + 1 }, (_, i) => i).find((i) => !taken.has(String(i))));
  }

  /** Assigns a registered worker to its process. Returns undefined if it is not a process of this supervisor. */
  adopt(channel: WorkerChannel): Promise<Loss> | undefined {
    return this.#members.find(({ id }) => id === channel.id)?.adopt(channel);
  }

  /** Whether a process with this id and key runs that has not registered. */
  expects(id: string, key: string): boolean {
    const processes = this.#members.find((member) => member.id === id)?.processes ?? [];
    return processes.some((process) => process.key === key && process.channel === undefined);
  }

  /** Whether a worker is ready, or may become ready without intervention. */
  get expectsWorker(): boolean {
    return this.#stopping === undefined && this.#members.some(({ state }) => EXPECTED.has(state));
  }

  /** Number of active members that are starting, or waiting to be started again. */
  get pending(): number {
    return this.#members.filter(({ role, state }) => role === "active" && PENDING.has(state)).length;
  }

  /** Number of members in each state, without zero counts. */
  get states(): Readonly<Partial<Record<MemberState, number>>> {
    const counts: Partial<Record<MemberState, number>> = {};
    for (const { state } of this.#members) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  /** Number of processes that were started to replace others. */
  get restarts(): number {
    return this.#members.reduce((sum, { starts }) => sum + Math.max(0, starts - 1), 0);
  }

  status(): ClusterStatus {
    const { standbys } = this.#options;
    const workers = this.#workers;
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

  /** Latest first, at most 100. */
  crashes(): readonly CrashRecord[] {
    return this.#crashes.records;
  }

  /**
   * The last output lines of one member, or of all members sorted by time: `lines` per member, at most 200.
   * @throws NOT_FOUND if there is no such member.
   */
  logs(id?: string, lines: number = 200): readonly LogLine[] {
    return this.#named(id)
      .flatMap((member) => member.lines.last(lines))
      .toSorted((a, b) => a.time - b.time);
  }

  /** Calls `reader` for each line that workers print from now on. Returns a function that ends it. */
  follow(reader: (line: LogLine) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /**
   * Replaces one member, or all one after the other: each process is stopped when its replacement is ready. Without an
   * id, stopped members are skipped.
   * @throws NOT_FOUND, or UNAVAILABLE if a replacement does not become ready: the remaining members are unchanged.
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

  /** Drains and stops a member; a ready standby replaces it. @throws NOT_FOUND. */
  async stopMember(id: string): Promise<void> {
    for (const member of this.#named(id)) await member.stop();
  }

  /** Starts a stopped member; resolves when it is ready. @throws NOT_FOUND, UNAVAILABLE. */
  async startMember(id: string): Promise<void> {
    this.#refuseStopping();
    for (const member of this.#named(id)) await member.revive();
  }

  /** Drains and stops all members; with `force`, kills them at once, also during a stop. */
  stop(force = false): Promise<void> {
    this.#stopping ??= this.#stop();
    if (force) for (const member of this.#members) member.kill();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#limits.stop();
    await Promise.all(this.#members.map((member) => member.stop()));
    this.#guard?.close();
    this.#log.info(`all ${this.#options.kind ?? "worker"}s have ended`);
  }

  #named(id: string | undefined): readonly Member[] {
    if (id === undefined) return this.#members;
    const member = this.#members.find((each) => each.id === id);
    if (member !== undefined) return [member];
    throw new XsysError(
      "NOT_FOUND",
      `there is no ${this.#options.kind ?? "worker"} ${id}: ids are ${this.#members.map((each) => each.id).join(", ")}`,
      {
        details: { id },
      },
    );
  }

  #refuseStopping(): void {
    if (this.#stopping !== undefined) throw new XsysError("UNAVAILABLE", "the workers are being stopped");
  }

  /** Swaps the roles of each active member that is down and a ready standby. */
  #promoteStandbys(): void {
    if (this.#stopping !== undefined) return;
    for (const member of this.#members) {
      if (member.role !== "active" || !member.isDown) continue;
      const standby = this.#members.find(({ role, state }) => role === "standby" && state === "ready");
      if (standby === undefined) return;
      this.#swap(member, standby);
    }
  }

  /** The same for active members whose process has died without a supervisor. */
  #replaceMissing(): void {
    const standbys = [...this.#foundReady].filter(({ role }) => role === "standby");
    const missing = this.#members.filter(({ role, current, isOver }) => role === "active" && !current && !isOver);
    for (const [index, standby] of standbys.slice(0, missing.length).entries()) {
      this.#swap(missing[index] as Member, standby);
    }
    this.#foundReady.clear();
  }

  #swap(member: Member, standby: Member): void {
    member.role = "standby";
    standby.role = "active";
    this.#log.info(standby.logFields, `${standby.name} takes the place of ${member.name}`);
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
