import { childProcesses } from "../facts/child-processes.ts";
import type { ProcessUsage } from "../facts/facts.ts";
import { platform } from "../facts/platform.ts";

/** Resource usage of a worker, including its child processes. */
export interface Usage {
  /** Resident memory in bytes. */
  readonly memory: number;
  /** Percent of one CPU since the previous reading. */
  readonly cpu: number;
}

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
    const family = childProcesses.processFamily(this.#pid);
    const found = await Promise.all(family.map(async (pid) => ({ pid, usage: await platform.processUsage(pid) })));
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
