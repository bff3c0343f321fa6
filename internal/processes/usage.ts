import type { ProcessUsage } from "../facts/facts.ts";
import { listKernelFolder, readKernelFile } from "../facts/linux/kernel-file.ts";
import { platform } from "../facts/platform.ts";

/** Resource usage of a worker, including its child processes. */
export interface Usage {
  /** Resident memory in bytes. */
  readonly memory: number;
  /** Percent of one CPU since the previous reading. */
  readonly cpu: number;
}

/** Maximum number of processes that are counted per worker. It bounds the cost of a reading. */
const MAX_PROCESSES = 64;
/** Maximum number of threads per process whose children are counted. Usually the first thread has them. */
const MAX_THREADS = 64;

/** Reads the resource usage of a process and its descendants; of the process alone on systems other than Linux. */
export class UsageMeter {
  readonly #pid: number;
  /** CPU seconds of each process at the last reading, by process id and start time. */
  #seconds = new Map<string, number>();
  #at = performance.now();

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Undefined if the process has ended. */
  async read(): Promise<Usage | undefined> {
    const pids = process.platform === "linux" ? processTree(this.#pid) : [this.#pid];
    const found = await Promise.all(pids.map(async (pid) => ({ pid, usage: await platform.processUsage(pid) })));
    const usages = found.filter((each): each is { pid: number; usage: ProcessUsage } => each.usage !== undefined);
    if (usages.length === 0) return undefined;
    return {
      memory: usages.reduce((sum, { usage }) => sum + usage.memory, 0),
      cpu: this.#cpuOf(usages),
    };
  }

  #cpuOf(usages: readonly { readonly pid: number; readonly usage: ProcessUsage }[]): number {
    const now = performance.now();
    const elapsed = (now - this.#at) / 1000;
    const seconds = new Map<string, number>();
    let percent = 0;
    for (const { pid, usage } of usages) {
      if ("percent" in usage.cpu) percent += usage.cpu.percent;
      else {
        const key = `${pid} ${usage.start}`;
        seconds.set(key, usage.cpu.seconds);
        percent += (100 * (usage.cpu.seconds - (this.#seconds.get(key) ?? 0))) / Math.max(elapsed, 0.001);
      }
    }
    this.#seconds = seconds;
    this.#at = now;
    return Math.max(0, percent);
  }
}

/** A process and its descendants. Children belong to a thread, see proc_tid_children(5). Takes 10 µs per thread. */
function processTree(pid: number): number[] {
  const pids = [pid];
  for (let i = 0; i < pids.length && pids.length < MAX_PROCESSES; i++) {
    const folder = `/proc/${pids[i]}/task`;
    for (const thread of listKernelFolder(folder).slice(0, MAX_THREADS)) {
      const children = readKernelFile(`${folder}/${thread}/children`) ?? "";
      pids.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return pids.slice(0, MAX_PROCESSES);
}
