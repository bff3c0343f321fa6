import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, closeSync, constants, openSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Figures } from "../rounds.ts";

/** A program and its arguments. */
export type Words = readonly [program: string, ...args: string[]];

/** Timeout of a sample in milliseconds. It takes a few seconds, but copying the tree has taken 48 s on a slow disk. */
const TIME_LIMIT = 120_000;

/**
 * Measures a whole run of a program. Its output goes to a file: grep and others do less work when the output is
 * /dev/null, and with a pipe the reader would be measured too.
 */
export async function timeProgram([program, ...args]: Words, output: string, env = process.env): Promise<Figures> {
  const stdout = openSync(output, "w");
  try {
    const start = performance.now();
    const child = spawn(program, args, { env, stdio: ["ignore", stdout, "inherit"], timeout: TIME_LIMIT });
    const [status, signal] = await once(child, "exit");
    const time = performance.now() - start;
    if (status === 0) return { time };
    throw new Error(`${program} ${args.join(" ")} ended with ${signal ?? `exit status ${status}`}`);
  } finally {
    closeSync(stdout);
  }
}

export function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
