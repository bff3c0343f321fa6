import { readFile } from "node:fs/promises";
import { expect } from "vitest";

/** Number of equal samples after which a process counts as stalled. */
const SAMPLES = 4;

/** Waits until a process stops reading, and returns the bytes it has read from files and pipes (Linux). */
export async function readBeforeStalling(pid: number | undefined): Promise<number> {
  const samples: number[] = [];
  await expect
    .poll(
      async () => {
        const [, bytes = ""] = /^rchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, "utf8")) ?? [];
        samples.push(Number(bytes));
        return new Set(samples.slice(-SAMPLES)).size === 1 && samples.length >= SAMPLES;
      },
      { interval: 100, timeout: 20_000 },
    )
    .toBe(true);
  return samples.at(-1) ?? 0;
}

/** Peak resident memory of a process in bytes (Linux). */
export async function peakMemory(pid: number | undefined): Promise<number> {
  const [, kilobytes = ""] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
