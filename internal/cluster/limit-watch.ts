import { startInterval } from "../../protocol/timers.ts";
import type { Logger } from "../base/log.ts";
import type { Usage } from "../processes/usage.ts";
import type { Member } from "./member.ts";
import type { ClusterOptions } from "./options.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Consecutive checks above the CPU limit before a worker is replaced. Short bursts are allowed. */
const CPU_CHECKS = 3;
/** Milliseconds before a failed replacement is retried. */
const RETRY = 30_000;
/** Fractions of the sum of all workers' memory limits. */
const COLLECT_AT = 0.75;
const WARN_AT = 0.9;

/** The result of the previous check of a process. */
interface Record {
  readonly memoryLogged: boolean;
  readonly cpuChecks: number;
}

const INITIAL: Record = { memoryLogged: false, cpuChecks: 0 };

/** Checks the memory and CPU usage of workers periodically, and enforces the limits. */
export class LimitWatch {
  readonly #options: ClusterOptions;
  readonly #log: Logger;
  readonly #members: readonly Member[];
  readonly #records = new WeakMap<WorkerProcess, Record>();
  readonly #retryAt = new WeakMap<Member, number>();
  #wasNear = false;
  #checking = false;
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: ClusterOptions, log: Logger, members: readonly Member[]) {
    this.#options = options;
    this.#log = log;
    this.#members = members;
  }

  start(): void {
    this.#ticker = startInterval(() => void this.#check(), this.#options.checkInterval).unref();
  }

  stop(): void {
    clearInterval(this.#ticker);
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      const usages = await Promise.all(this.#members.map((member) => this.#checkMember(member)));
      this.#checkTotal(usages.reduce((sum, bytes) => sum + bytes, 0));
    } catch (error) {
      this.#log.error({ err: error }, "could not read the usage of the workers");
    } finally {
      this.#checking = false;
    }
  }

  /** Returns the memory of the member's processes in bytes. */
  async #checkMember(member: Member): Promise<number> {
    let bytes = 0;
    for (const process of member.processes) {
      const usage = await process.readUsage();
      bytes += usage?.memory ?? 0;
      if (usage !== undefined && process === member.current && process.state === "ready") {
        this.#enforce(member, process, usage);
      }
    }
    return bytes;
  }

  #enforce(member: Member, process: WorkerProcess, { memory, cpu }: Usage): void {
    const { maxMemory = Number.POSITIVE_INFINITY, maxCpu = Number.POSITIVE_INFINITY, hardLimits } = this.#options;
    const before = this.#records.get(process) ?? INITIAL;
    const isOver = memory > maxMemory;
    const cpuChecks = cpu > maxCpu ? before.cpuChecks + 1 : 0;
    this.#records.set(process, { memoryLogged: isOver, cpuChecks });
    const excess = [
      isOver && `${megabytes(memory)} of memory, over its limit of ${megabytes(maxMemory)}`,
      cpuChecks >= CPU_CHECKS && `${Math.round(cpu)} % of a processor, over its limit of ${maxCpu} %`,
    ].find((words) => words !== false);
    if (excess === undefined) return;
    if (hardLimits) this.#replace(member, excess);
    else if ((isOver && !before.memoryLogged) || cpuChecks === CPU_CHECKS) this.#warn(member, process, excess);
    if (isOver) process.channel?.forceGc();
  }

  #warn({ name, logFields }: Member, { pid }: WorkerProcess, excess: string): void {
    this.#log.warn({ ...logFields, pid }, `${name} uses ${excess}`);
  }

  #replace(member: Member, excess: string): void {
    if (member.replacing || performance.now() < (this.#retryAt.get(member) ?? 0)) return;
    this.#log.warn(member.logFields, `${member.name} uses ${excess}: it is replaced`);
    member.replace().catch((error: Error) => {
      this.#retryAt.set(member, performance.now() + RETRY);
      if (member.state === "ready") this.#log.error(member.logFields, error.message);
    });
  }

  #checkTotal(memory: number): void {
    const { intelligence, maxMemory, workers, standbys } = this.#options;
    if (!intelligence || maxMemory === undefined) return;
    const part = memory / (maxMemory * (workers + standbys));
    if (part > COLLECT_AT) for (const { current } of this.#members) current?.channel?.forceGc();
    const isNear = part > WARN_AT;
    if (isNear && !this.#wasNear) {
      this.#log.warn({ memory }, `the workers use ${megabytes(memory)}, ${Math.round(100 * part)} % of their limit`);
    }
    this.#wasNear = isNear;
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}
