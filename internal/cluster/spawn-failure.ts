import { closeSync, openSync, readSync, statSync } from "node:fs";
import { findProgram } from "./find-program.ts";
import type { ClusterOptions } from "./options.ts";

export type Started = Pick<ClusterOptions, "command" | "cwd" | "env">;

/** Bytes of a script that are read for its first line: Linux reads as many. */
const FIRST_LINE = 256;

/**
 * Why the system did not start a program. It says ENOENT for a missing program, a missing working directory and a missing
 * interpreter of a script alike; undefined where it is none of these.
 */
export function spawnFailure(code: string | undefined, started: Started): string | undefined {
  const { command, cwd } = started;
  const [name] = command;
  const file = pathOf(started);
  if (code === "ENOENT" || code === "ENOTDIR") {
    if (!isFolder(cwd)) return `the working directory ${cwd} does not exist`;
    if (file === undefined || !exists(file)) return `the program ${name} does not exist${onPath(name)}`;
    const interpreter = interpreterOf(file);
    if (interpreter !== undefined && !exists(interpreter)) {
      return `the interpreter ${interpreter}, which the first line of ${file} names, does not exist`;
    }
  }
  if (code === "EACCES" || code === "EPERM") {
    return `permission denied: ${file ?? name} may not be executed${isFolder(file ?? "") ? ", for it is a folder" : ""}`;
  }
  if (code === "ENOEXEC") return `${file ?? name} is no program for this machine, and no script with an interpreter`;
  return undefined;
}

/** Absolute, where the program can be found. */
export function pathOf({ command: [name], cwd, env }: Started): string | undefined {
  return findProgram(name, { cwd, path: env.PATH ?? process.env.PATH ?? "" });
}

function onPath(name: string): string {
  return name.includes("/") ? "" : " in any folder of PATH";
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function interpreterOf(file: string): string | undefined {
  try {
    const descriptor = openSync(file, "r");
    try {
      const bytes = Buffer.alloc(FIRST_LINE);
      const read = readSync(descriptor, bytes, 0, FIRST_LINE, 0);
      return /^#![ \t]*([^\s]+)/.exec(bytes.toString("latin1", 0, read))?.[1];
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined; // it may be executed and not read
  }
}
