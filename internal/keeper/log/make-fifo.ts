import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { XsysError } from "../../../protocol/errors.ts";
import { loadFfi } from "../../base/ffi.ts";

const MODE = 0o600;

/**
 * Creates a FIFO that only this user can open. Node has no function for it: mkfifo(3) is called through node:ffi, which
 * is experimental; without that, the program mkfifo(1) is run, which takes about a millisecond.
 * @throws ALREADY_EXISTS, or IO_ERROR with the reason
 */
export function makeFifo(path: string): void {
  const failure = native() ? callNative(path) : runProgram(path);
  if (failure === undefined) return;
  const code = existsSync(path) ? "ALREADY_EXISTS" : "IO_ERROR";
  throw new XsysError(code, `creating the FIFO ${path} failed: ${code === "ALREADY_EXISTS" ? "it exists" : failure}`, {
    details: { path },
  });
}

type MkFifo = (path: string, mode: number) => number;

/** Kept, because its function fails after garbage collection has closed it. */
let library: { readonly functions: { readonly mkfifo: MkFifo } } | undefined;

function native(): MkFifo | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    library ??= loadFfi()?.dlopen(null, { mkfifo: { arguments: ["string", "uint32"], return: "int32" } });
  } catch {
    // the C library does not export it
  }
  return library?.functions.mkfifo;
}

/** The reason is known only in errno(3), which Node may have changed when the call returns. */
function callNative(path: string): string | undefined {
  return native()?.(path, MODE) === 0 ? undefined : "mkfifo(3) refused it";
}

function runProgram(path: string): string | undefined {
  const { status, error, stderr } = spawnSync("mkfifo", ["-m", "600", "--", path], { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
