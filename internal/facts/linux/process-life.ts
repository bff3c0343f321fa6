import { readFileSync, readlinkSync } from "node:fs";
import type { ProcessLife } from "../facts.ts";
import { readKernelFile } from "./kernel-file.ts";

/**
 * Reads one file, in 10 µs.
 * @throws the system's error if no descriptor is free, because then the process may exist.
 */
export function readProcessLife(pid: number): ProcessLife | undefined {
  try {
    return parseProcessLife(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EMFILE" || code === "ENFILE") throw error;
    return undefined;
  }
}

/** Undefined for text in another format than proc_pid_stat(5). */
export function parseProcessLife(text: string): ProcessLife | undefined {
  const fields = fieldsOf(text);
  const [parent = Number.NaN, group = Number.NaN, start = Number.NaN] = [PARENT, GROUP, START].map((field) =>
    Number(fields[field - FIRST]),
  );
  const state = fields[0];
  if (!state || ![parent, group, start].every(Number.isInteger)) return undefined;
  return { state, parent, group, start };
}

/** The kernel shows 0 to those who may not read it. */
export function readExitStatus(pid: number): number | undefined {
  const fields = fieldsOf(readKernelFile(`/proc/${pid}/stat`) ?? "");
  if (fields[0] !== "Z" || !mayRead(pid)) return undefined;
  const status = Number(fields[EXIT_CODE - FIRST]);
  return Number.isInteger(status) ? status : undefined;
}

/** Field numbers of proc_pid_stat(5). */
const [FIRST, PARENT, GROUP, START, EXIT_CODE] = [3, 4, 5, 22, 52];

/** From the state on. The name before it may contain spaces and parentheses. */
function fieldsOf(text: string): string[] {
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/**
 * Whether the fields of a zombie are shown that need permission (PTRACE_MODE_READ_FSCREDS). The links of its folder need
 * the same permission, and lead nowhere after its end.
 */
function mayRead(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
