import { interpreterFault } from "../../../protocol/start-failure.ts";
import { hasMusl, NEEDS_GLIBC } from "../start/platform-package.ts";

/** Why the system cannot start a program, as far as its interpreter tells; for one built for glibc, on musl, with what to do. */
export function programFault(file: string): string | undefined {
  const fault = process.platform === "win32" ? undefined : interpreterFault(file, currentFolder());
  return fault !== undefined && GLIBC.test(fault) && hasMusl() ? `${fault}; ${NEEDS_GLIBC}` : fault;
}

/** The dynamic loader of glibc; that of musl is `ld-musl-x86_64.so.1`. */
const GLIBC = /^the interpreter \S*\/ld-linux/;

/** The root where the current folder was removed: only a relative interpreter is looked for in it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}
