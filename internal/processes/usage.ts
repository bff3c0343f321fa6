import type { ProcessUsage } from "../facts/facts.ts";
import { listKernelFolder, readKernelFile } from "../facts/linux/kernel-file.ts";
import { platform } from "../facts/platform.ts";

/** What a worker uses, with the processes that it started. */
export interface Usage {
  /** Bytes, resident. */
  readonly memory: number;
  /** Percent of one processor since the reading before. */
  readonly cpu: number;
}

/** Processes of one worker that are counted: what starts more of them is not bounded by counting. */
const MAX_PROCESSES = 64;
/** Threads of a process that are asked for their children: it is most often the first one that has them. */
const MAX_THREADS = 64;

/** Reads, from time to time, what a process and those below it use. Elsewhere than on Linux it is that process alone. */
export class UsageMeter {
  readonly #pid: number;
  /** Processor seconds of each process at the last reading, by its id and start. */
  #seconds = new Map<string, number>();
  #at = performance.now();

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Undefined when the process has ended. */
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

/** A process and all below it. Each thread has children of its own, proc_tid_children(5): 10 µs a thread. */
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
