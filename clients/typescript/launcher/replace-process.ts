import { closeSync, openSync, readSync } from "node:fs";

/**
 * Puts a program in this process's place, by execve(2), and does not return; or returns where that is not possible: in a
 * Node before 22.15, on Windows, for a file that is no program. The function is experimental, so its warning is not printed.
 */
export function replaceProcess(file: string, words: readonly string[]): void {
  if (typeof process.execve !== "function" || process.platform === "win32" || !isProgram(file)) return;
  process.removeAllListeners("warning");
  try {
    process.execve(file, [file, ...words], process.env);
  } catch {
    // A file that the system cannot run: to start it as a child fails, too, and tells why.
  }
}

/**
 * Whether a file begins as a program does. Node 22.15 to 24 abort when execve(2) refuses a file, and it refuses a script
 * without a `#!` line, which a shell runs when the file is started as a child.
 */
function isProgram(file: string): boolean {
  const head = Buffer.alloc(4);
  try {
    const fd = openSync(file, "r");
    try {
      readSync(fd, head, 0, head.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false; // it may be run and not read
  }
  return head.toString("latin1", 0, 2) === "#!" || FORMATS.has(head.toString("hex"));
}

/** ELF (elf(5)); Mach-O of 64 bits, and of several architectures (<mach-o/loader.h>, <mach-o/fat.h>). */
const FORMATS: ReadonlySet<string> = new Set(["7f454c46", "cffaedfe", "cafebabe"]);
