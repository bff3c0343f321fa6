import { constants } from "node:os";
import { CLibrary, lastError } from "../base/c-library.ts";
import { endBySignal, endOfStatus, type ProcessEnd, UNKNOWN_END } from "./end.ts";
import { exists, exitStatusOf, type ProcessIdentity } from "./identity.ts";

/** What is known about the end of a process that has ended. */
export type EndReading =
  | { readonly end: ProcessEnd; readonly isChild: boolean }
  /** Its parent has not waited for it yet. Afterwards the system may tell. */
  | "later";

/**
 * A descriptor of a process, pidfd_open(2): unlike a pid it never comes to mean another process. It is closed on exec.
 * Requires Linux 5.4 and node:ffi.
 */
export class Pidfd {
  readonly descriptor: number;
  readonly #identity: ProcessIdentity;
  readonly #calls: Calls;
  #isOpen = true;

  /**
   * Opens a descriptor. `ended` when the process does not exist, also when another process has its pid; `unavailable`
   * without node:ffi, on an older kernel, and when the limit of open descriptors is reached.
   */
  static open(identity: ProcessIdentity): Pidfd | "ended" | "unavailable" {
    const calls = library.functions;
    if (calls === undefined) return "unavailable";
    const descriptor = calls.syscall(PIDFD_OPEN, identity.pid, 0, 0n, 0);
    if (descriptor < 0) return lastError() === "ESRCH" ? "ended" : "unavailable";
    const pidfd = new Pidfd(identity, descriptor, calls);
    // Compared after the opening: before it, the process could end and its pid be used again in between.
    const isSame = stillExists(identity);
    if (isSame) return pidfd;
    pidfd.close();
    return isSame === undefined ? "unavailable" : "ended";
  }

  private constructor(identity: ProcessIdentity, descriptor: number, calls: Calls) {
    this.#identity = identity;
    this.descriptor = descriptor;
    this.#calls = calls;
  }

  /** Those whose process has ended. One system call for all of them, which does not wait. */
  static ended(watched: readonly Pidfd[]): readonly Pidfd[] {
    const [first] = watched;
    if (first === undefined) return [];
    const records = new Int32Array(2 * watched.length); // struct pollfd: descriptor; events and returned events
    for (const [index, { descriptor }] of watched.entries()) records.set([descriptor, POLLIN], 2 * index);
    if (first.#calls.poll(records, watched.length, 0) <= 0) return [];
    return watched.filter((_, index) => (records[2 * index + 1] as number) >>> 16 !== 0);
  }

  /**
   * Reads how the process ended, without waiting for it: if it is a child of this process, whoever started it still gets
   * its status. Sources, in this order: waitid(2) for a child; PIDFD_GET_INFO, which tells the status of any process
   * after its parent has waited for it (Linux 6.15); /proc while it is a zombie.
   */
  readEnd(): EndReading {
    const child = this.#endOfChild();
    if (child !== undefined) return { end: child, isChild: true };
    const end = this.#endOfReaped();
    if (end !== undefined && end !== "not reaped") return { end, isChild: false };
    const status = exitStatusOf(this.#identity);
    if (status !== undefined) return { end: endOfStatus(status), isChild: false };
    return end === "not reaped" ? "later" : { end: UNKNOWN_END, isChild: false };
  }

  /** Removes a zombie child of this process. Its parent must not be waiting for it: Node would miss its end. */
  reap(): void {
    this.#calls.waitid(P_PIDFD, this.descriptor, new Int32Array(SIGINFO_WORDS), WEXITED | WNOHANG);
  }

  /** Returns the error, such as `ESRCH` or `EPERM`. Undefined if it was sent. */
  signal(signal: NodeJS.Signals, flags = 0): string | undefined {
    const failed = this.#calls.syscall(PIDFD_SEND_SIGNAL, this.descriptor, constants.signals[signal], 0n, flags) < 0;
    return failed ? lastError() : undefined;
  }

  /** Duplicates a descriptor of the process. Returns the duplicate, which is closed on exec, or the error. */
  take(descriptor: number): number | string {
    const taken = this.#calls.syscall(PIDFD_GETFD, this.descriptor, descriptor, 0n, 0);
    return taken < 0 ? lastError() : taken;
  }

  close(): void {
    if (this.#isOpen) this.#calls.close(this.descriptor);
    this.#isOpen = false;
  }

  /** Undefined if it is no child of this process, or not anymore. */
  #endOfChild(): ProcessEnd | undefined {
    const info = new Int32Array(SIGINFO_WORDS);
    const failed = this.#calls.waitid(P_PIDFD, this.descriptor, info, WEXITED | WNOHANG | WNOWAIT) < 0;
    if (failed || info[SI_PID] === 0) return undefined;
    const status = info[SI_STATUS] as number;
    return info[SI_CODE] === CLD_EXITED ? { code: status & 0xff, signal: null } : endBySignal(status);
  }

  /** Undefined if the kernel does not tell. */
  #endOfReaped(): ProcessEnd | "not reaped" | undefined {
    const info = new DataView(new ArrayBuffer(PIDFD_INFO_BYTES));
    info.setUint32(INFO_MASK, PIDFD_INFO_EXIT, true);
    if (this.#calls.ioctl(this.descriptor, PIDFD_GET_INFO, info) < 0) return undefined;
    if ((info.getUint32(INFO_MASK, true) & PIDFD_INFO_EXIT) === 0) return "not reaped";
    return endOfStatus(info.getInt32(INFO_EXIT_CODE, true));
  }
}

/** Undefined if no descriptor is free to read that. */
function stillExists(identity: ProcessIdentity): boolean | undefined {
  try {
    return exists(identity);
  } catch {
    return undefined;
  }
}

const library = new CLibrary({
  /** The C library has functions for these calls only since glibc 2.36; musl has none. */
  syscall: { arguments: ["int32", "int32", "int32", "pointer", "int32"], return: "int32" },
  poll: { arguments: ["pointer", "uint32", "int32"], return: "int32" },
  waitid: { arguments: ["int32", "int32", "pointer", "int32"], return: "int32" },
  ioctl: { arguments: ["int32", "uint32", "pointer"], return: "int32" },
  close: { arguments: ["int32"], return: "int32" },
});

type Calls = NonNullable<typeof library.functions>;

/** Numbers of system calls. They are the same on x64 and arm64, as for all calls since 424. */
const [PIDFD_SEND_SIGNAL, PIDFD_OPEN, PIDFD_GETFD] = [424, 434, 438];
const POLLIN = 1;
/** waitid(2). */
const P_PIDFD = 3;
const [WNOHANG, WEXITED, WNOWAIT] = [1, 4, 0x0100_0000];
const CLD_EXITED = 1;
/** siginfo_t has 128 bytes; the fields are those of 64-bit systems, by 32-bit words. */
const SIGINFO_WORDS = 32;
const [SI_CODE, SI_PID, SI_STATUS] = [2, 4, 6];
/** Source: struct pidfd_info in linux/pidfd.h. The first published size, which every kernel with this call knows. */
const PIDFD_INFO_BYTES = 64;
const [INFO_MASK, INFO_EXIT_CODE] = [0, 60];
const PIDFD_INFO_EXIT = 8;
/** _IOWR(0xFF, 11, struct pidfd_info). */
const PIDFD_GET_INFO = 0xc040_ff0b;
