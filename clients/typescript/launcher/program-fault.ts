import { interpreterFault } from "../../../protocol/start-failure.ts";
import { hasMusl, NEEDS_GLIBC } from "../start/platform-package.ts";

/**
 * Why the system cannot run a program's interpreter; undefined when it can. For a glibc program on musl it adds what to
 * do.
 */
export function programFault(file: string): string | undefined {
  const fault = process.platform === "win32" ? undefined : interpreterFault(file, currentFolder());
  return fault !== undefined && GLIBC.test(fault) && hasMusl() ? `${fault}; ${NEEDS_GLIBC}` : fault;
}

/** The dynamic loader of glibc; that of musl is `ld-musl-x86_64.so.1`. */
const GLIBC = /^the interpreter \S*\/ld-linux/;

/** `/` when the current folder was removed. It only matters for a relative interpreter path. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}
