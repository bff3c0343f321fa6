import { existsSync, readFileSync } from "node:fs";

interface Process {
  readonly pid: number;
}

/** Blocks this thread until a process does not exist anymore, not even as a zombie. */
export function blockUntilGone({ pid }: Process): void {
  while (existsSync(`/proc/${pid}`)) block(5);
}

/** Blocks this thread until a process is a zombie. */
export function blockUntilZombie({ pid }: Process): void {
  while (!/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "latin1"))) block(5);
}

export function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
