import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { OutsideVitals } from "./vitals.ts";

/** Reads the resource usage of a process without its cooperation. Linux only. */
export function outsideVitals(pid: number): OutsideVitals {
  return {
    rss: residentBytes(pid),
    files: readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => openFile(`/proc/${pid}/fd/${descriptor}`)),
    threads: readdirSync(`/proc/${pid}/task`).length,
  };
}

function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
  return Number(kibibytes) * 1_024;
}

/** Only files with a path. Pipes, eventfds and the like belong to threads, whose number varies. */
function openFile(descriptor: string): string[] {
  try {
    const path = readlinkSync(descriptor);
    return /^\/(?!dev\/|proc\/)/.test(path) ? [path] : [];
  } catch {
    return []; // closed in the meantime
  }
}
