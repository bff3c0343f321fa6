import { readFile } from "node:fs/promises";
import { expect } from "vitest";

/** Samples that have to agree before a process counts as waiting. */
const SAMPLES = 4;

/** Bytes that a process has read, of files and pipes alike, once it reads no more (Linux). */
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

/** Bytes of memory that a process has had at the most (Linux). */
export async function peakMemory(pid: number | undefined): Promise<number> {
  const [, kilobytes = ""] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
