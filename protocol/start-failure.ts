import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** An attempt to start a program. */
export interface StartAttempt {
  readonly program: string;
  readonly cwd?: string | undefined;
  /** Environment whose PATH is used; by default that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The error of a program that could not be started, with the reason in its message. The operating system also reports
 * ENOENT if the working directory or the interpreter of a script is missing. Other errors, and those on Windows, are
 * returned unchanged.
 */
export function explainStart(error: Error, attempt: StartAttempt): Error {
  const { code } = error as NodeJS.ErrnoException;
  const reason = startFault(code, attempt);
  return reason === undefined ? error : Object.assign(new Error(`${reason} (${code})`, { cause: error }), { code });
}

/** Only the reason, for an error code of the operating system; undefined for self-explanatory codes and on Windows. */
export function startFault(code: string | undefined, attempt: StartAttempt): string | undefined {
  if (process.platform === "win32") return undefined;
  if (code === "ENOEXEC") return `${attempt.program} is not executable on this machine`;
  return code === "ENOENT" || code === "ENOTDIR" || code === "EACCES" ? reasonOf(attempt) : undefined;
}

/** Absolute path of the file that would be run: the given path, or the first executable in PATH. Undefined if none. */
export function programFile(attempt: StartAttempt): string | undefined {
  const files = candidates(attempt);
  return attempt.program.includes("/") ? files[0] : files.find((file) => isFile(file) && mayRun(file));
}

/**
 * Why the interpreter of a file cannot run it. The interpreter is named by the `#!` line (execve(2)), or by PT_INTERP
 * in an ELF file (elf(5)). Undefined if it can, or if there is none. A relative path is resolved against the working
 * directory.
 */
export function interpreterFault(file: string, cwd: string, depth = 0): string | undefined {
  const named = interpreterOf(file);
  if (named === undefined || depth === MAX_DEPTH) return undefined;
  const interpreter = resolve(cwd, named);
  const shown = named.endsWith("\r") ? `${JSON.stringify(named)} (the file has Windows line endings)` : named;
  if (!isFile(interpreter)) return `the interpreter ${shown} of ${file} does not exist`;
  if (!mayRun(interpreter)) return `the interpreter ${shown} of ${file} is not executable`;
  return interpreterFault(interpreter, cwd, depth + 1);
}

/** Maximum number of nested interpreters that are scripts themselves, as in Linux. */
const MAX_DEPTH = 4;
/** Bytes of a file in which Linux looks for a `#!` line, and bytes that suffice for an ELF file's program headers. */
const LINE_BYTES = 256;
const HEAD_BYTES = 4_096;

function reasonOf(attempt: StartAttempt): string | undefined {
  const { program, cwd = process.cwd() } = attempt;
  if (!isFolder(cwd)) return `the working directory ${cwd} of ${program} does not exist`;
  const files = candidates(attempt);
  const there = files.filter(isFile);
  if (there.length === 0) {
    if (!program.includes("/")) return `the program ${program} is not in PATH`;
    return isFolder(files[0] ?? "") ? `${program} is a directory` : `${program} does not exist`;
  }
  const faults = there.map((file) => (mayRun(file) ? interpreterFault(file, cwd) : `${file} is not executable`));
  return faults.find((fault) => fault !== undefined);
}

/** Absolute paths at which the program may be, in the order in which they are tried. */
function candidates({ program, cwd = process.cwd(), env = process.env }: StartAttempt): string[] {
  if (program.includes("/")) return [resolve(cwd, program)];
  return (env.PATH ?? "").split(delimiter).map((folder) => resolve(cwd, join(folder, program)));
}

function interpreterOf(file: string): string | undefined {
  const head = headOf(file);
  if (head.toString("latin1", 0, 2) === "#!") {
    const [line = ""] = head.toString("utf8", 2, LINE_BYTES).split("\n");
    return /^[ \t]*([^ \t]+)/.exec(line)?.[1];
  }
  return head.toString("latin1", 0, 4) === "\x7fELF" ? elfInterpreterOf(head) : undefined;
}

/** For a little-endian 64-bit file whose headers are within the bytes read; undefined for other files. */
function elfInterpreterOf(head: Buffer): string | undefined {
  const [is64Bit, isLittleEndian] = [head[4] === 2, head[5] === 1];
  if (!is64Bit || !isLittleEndian || head.length < 64) return undefined;
  const [first, size, count] = [Number(head.readBigUInt64LE(0x20)), head.readUInt16LE(0x36), head.readUInt16LE(0x38)];
  for (let at = first; at < first + count * size && at + 0x28 <= head.length; at += size) {
    if (head.readUInt32LE(at) !== PT_INTERP) continue;
    const [start, length] = [Number(head.readBigUInt64LE(at + 0x08)), Number(head.readBigUInt64LE(at + 0x20))];
    if (length < 2 || start + length > head.length) return undefined;
    return head.toString("utf8", start, start + length - 1);
  }
  return undefined;
}

const PT_INTERP = 3;

/** Empty for a file that is executable but not readable. */
function headOf(file: string): Buffer {
  try {
    const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return Buffer.alloc(0);
  }
}

function isFile(path: string): boolean {
  return look(path)?.isFile() === true;
}

function isFolder(path: string): boolean {
  return look(path)?.isDirectory() === true;
}

/** Also undefined for a path below a file, or in a directory that may not be entered. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
