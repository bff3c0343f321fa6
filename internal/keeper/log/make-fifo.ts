import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { XsysError } from "../../../protocol/errors.ts";
import { CLibrary, lastError } from "../../base/c-library.ts";

const MODE = 0o600;
const library = new CLibrary({ mkfifo: { arguments: ["string", "uint32"], return: "int32" } });

/**
 * Creates a FIFO that only this user can open. Node has no function for it: mkfifo(3) is called through node:ffi, or
 * without that the program mkfifo(1) is run.
 * @throws ALREADY_EXISTS, or IO_ERROR with the reason
 */
export function makeFifo(path: string): void {
  const failure = library.functions ? callFunction(library.functions.mkfifo, path) : runProgram(path);
  if (failure === undefined) return;
  const code = existsSync(path) ? "ALREADY_EXISTS" : "IO_ERROR";
  throw new XsysError(code, `creating the FIFO ${path} failed: ${failure}`, { details: { path } });
}

function callFunction(mkfifo: (path: string, mode: number) => number, path: string): string | undefined {
  return mkfifo(path, MODE) === 0 ? undefined : lastError();
}

function runProgram(path: string): string | undefined {
  const { status, error, stderr } = spawnSync("mkfifo", ["-m", "600", "--", path], { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
