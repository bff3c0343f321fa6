import { XsysError } from "../../protocol/errors.ts";
import { CLibrary, lastError } from "../base/c-library.ts";
import type { ProcessIdentity } from "./identity.ts";
import { Pidfd } from "./pidfd.ts";

/**
 * Duplicates an open descriptor of another process into this one, pidfd_getfd(2). Returns the number of the duplicate,
 * which is closed on exec. The other process keeps its own. Requires Linux 5.6.
 * @throws DENIED if this process may not trace the other one; NOT_FOUND if it has ended or has no such descriptor;
 *   LIMIT_EXCEEDED if no descriptor is free; UNSUPPORTED without node:ffi, on an older kernel, and on other systems than
 *   Linux: then nobody but the process itself can hand the descriptor on.
 */
export function takeDescriptor(identity: ProcessIdentity, descriptor: number): number {
  const cannot = `descriptor ${descriptor} of process ${identity.pid} cannot be taken`;
  library.need(cannot);
  const pidfd = Pidfd.open(identity);
  if (pidfd === "ended") throw new XsysError("NOT_FOUND", `${cannot}: the process has ended`);
  if (pidfd === "unavailable") throw failure(cannot, lastError());
  try {
    const taken = pidfd.take(descriptor);
    if (typeof taken === "number") return taken;
    throw failure(cannot, taken);
  } finally {
    pidfd.close();
  }
}

/**
 * Lets other processes of the same user take descriptors of this one. Needed where the Yama module restricts tracing
 * (`kernel.yama.ptrace_scope` = 1, the default of Debian and Ubuntu); they may then debug this process as well, as they
 * may on systems without Yama. Does nothing without Yama, without node:ffi, and on other systems than Linux.
 */
export function allowTaking(): void {
  library.functions?.prctl(PR_SET_PTRACER, ANY_PROCESS, 0n, 0n, 0n);
}

/** prctl(2). */
const PR_SET_PTRACER = 0x5961_6d61;
const ANY_PROCESS = -1n;

const library = new CLibrary({ prctl: { arguments: ["int32", "int64", "int64", "int64", "int64"], return: "int32" } });

function failure(cannot: string, error: string): XsysError {
  const details = { errno: error };
  switch (error) {
    case "EPERM":
      return new XsysError("DENIED", `${cannot}: permission denied. ${PERMISSION}`, { details });
    case "EBADF":
      return new XsysError("NOT_FOUND", `${cannot}: it is not open`, { details });
    case "ESRCH":
      return new XsysError("NOT_FOUND", `${cannot}: the process has ended`, { details });
    case "EMFILE":
    case "ENFILE":
      return new XsysError("LIMIT_EXCEEDED", `${cannot}: no descriptor is free`, { details });
    default:
      return new XsysError("UNSUPPORTED", `${cannot}: the system refuses with ${error}`, { details });
  }
}

const PERMISSION =
  "Both processes must belong to the same user, or this one to root. With kernel.yama.ptrace_scope=1 the other process " +
  "must have allowed it, too; with 2 only root may take descriptors, and with 3 nobody: set it to 1 in /etc/sysctl.d";
