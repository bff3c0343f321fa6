import { closeSync, openSync, readSync } from "node:fs";

/**
 * Replaces this process with a program, by execve(2), and does not return. The program sees `name` as its own. It returns where that is not possible:
 * before Node 22.15, on Windows, and for a file that is not a program. `process.execve` is experimental; its warning is
 * suppressed.
 */
export function replaceProcess(file: string, words: readonly string[], name: string): void {
  if (typeof process.execve !== "function" || process.platform === "win32" || !isProgram(file)) return;
  process.removeAllListeners("warning");
  try {
    process.execve(file, [name, ...words], process.env);
  } catch {
    // The system cannot run the file. Starting it as a child fails too, and reports the reason.
  }
}

/**
 * Whether a file starts with the magic number of a program. Node 22.15 to 24 abort when execve(2) fails, and it fails
 * for a script without a `#!` line. Such a script works as a child, where a shell runs it.
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
    return false; // it may be executable but not readable
  }
  return head.toString("latin1", 0, 2) === "#!" || FORMATS.has(head.toString("hex"));
}

/** ELF (elf(5)); 64-bit and multi-architecture Mach-O (<mach-o/loader.h>, <mach-o/fat.h>). */
const FORMATS: ReadonlySet<string> = new Set(["7f454c46", "cffaedfe", "cafebabe"]);
