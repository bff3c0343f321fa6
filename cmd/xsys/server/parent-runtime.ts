import { execFile } from "node:child_process";
import { access, constants, readlink } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { promisify } from "node:util";
import { callerPid } from "../launcher-environment.ts";

/** A runtime for scripts. */
export interface Runtime {
  readonly name: "node" | "bun";
  /** Absolute path of its executable. */
  readonly file: string;
}

/**
 * The runtime of the process that called this one, if it is Node or Bun; undefined if it is another program, has ended,
 * or cannot be inspected.
 */
export async function parentRuntime(pid: number = callerPid()): Promise<Runtime | undefined> {
  const file = await executableOf(pid).catch(() => undefined);
  // Its process id may have been reused in the meantime.
  if (file === undefined || !isAbsolute(file) || callerPid() !== pid) return undefined;
  const [, name] = RUNTIME.exec(basename(file)) ?? [];
  const isThere = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isThere && name !== undefined ? { name: name === "bun" ? "bun" : "node", file } : undefined;
}

/** Includes Debian's `nodejs`, and versions installed side by side, such as `node-22` and `node20`. */
const RUNTIME = /^(node|nodejs|bun)[-\d.]*(?:\.exe)?$/i;

/** Milliseconds for a program to answer. */
const TIMEOUT = 5_000;

const run = promisify(execFile);

async function executableOf(pid: number): Promise<string | undefined> {
  switch (process.platform) {
    case "win32":
      return await printed("powershell.exe", [
        "-NoProfile",
        "-NonInteractive",
        "-Command",
        `(Get-Process -Id ${pid}).Path`,
      ]);
    case "darwin":
      return await printed("/bin/ps", ["-o", "comm=", "-p", String(pid)]);
    default:
      return await readlink(`/proc/${pid}/exe`);
  }
}

async function printed(program: string, words: readonly string[]): Promise<string> {
  const { stdout } = await run(program, words, { timeout: TIMEOUT, windowsHide: true });
  return stdout.trim();
}
