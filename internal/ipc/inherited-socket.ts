import { readFileSync, readlinkSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";

/** A listening socket from systemd, which keeps it open when the service ends. */
export interface InheritedSocket {
  readonly descriptor: number;
  readonly path: string;
}

/** The first passed descriptor: sd_listen_fds(3). */
const FIRST = 3;
/** Flag in /proc/net/unix: the socket is listening. */
const LISTENS = 0x1_0000;
const STREAM = "0001";

/**
 * The socket that systemd passes to this process; undefined when there is none. Its variables are removed from the
 * environment, so that the programs that the service starts do not inherit them.
 * @throws INVALID_PARAMS for more than one, and for anything but a listening Unix socket with a path
 */
export function takeInheritedSocket(env: NodeJS.ProcessEnv = process.env): InheritedSocket | undefined {
  const { LISTEN_PID, LISTEN_FDS } = env;
  if (LISTEN_PID !== String(process.pid) || LISTEN_FDS === undefined) return undefined;
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (LISTEN_FDS !== "1") throw refused(`${LISTEN_FDS} descriptors were passed, but only one is accepted`);
  return { descriptor: FIRST, path: pathOf(FIRST) };
}

function pathOf(descriptor: number): string {
  const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOf(descriptor)) ?? [];
  // Num RefCount Protocol Flags Type St Inode Path: proc_net(5)
  for (const line of inode === undefined ? [] : readFileSync("/proc/net/unix", "utf8").split("\n")) {
    const [, flags = "0", type, own, path = ""] = /^\S+ \S+ \S+ (\S+) (\S+) \S+ +(\d+)(?: (.*))?$/.exec(line) ?? [];
    if (own !== inode) continue;
    if (type === STREAM && (Number.parseInt(flags, 16) & LISTENS) !== 0 && path.startsWith("/")) return path;
  }
  throw refused(`descriptor ${descriptor} is not a listening Unix socket with a path`);
}

function linkOf(descriptor: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "";
  }
}

function refused(why: string): XsysError {
  return new XsysError("INVALID_PARAMS", `socket activation: ${why}`);
}
