/**
 * Puts a program in this process's place, by execve(2), and does not return; or returns where this Node cannot do that:
 * before 22.15, on Windows. The function is experimental, so its warning is not printed.
 */
export function replaceProcess(file: string, words: readonly string[]): void {
  if (typeof process.execve !== "function" || process.platform === "win32") return;
  process.removeAllListeners("warning");
  try {
    process.execve(file, [file, ...words], process.env);
  } catch {
    // A file that the system cannot run: to start it as a child fails, too, and tells why.
  }
}
