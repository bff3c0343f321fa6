import { readFileSync, readlinkSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";

/** A socket that listens already, and that its maker, systemd, keeps when the service ends. */
export interface InheritedSocket {
  readonly descriptor: number;
  readonly path: string;
}

/** The first descriptor that is handed over: sd_listen_fds(3). */
const FIRST = 3;
/** In /proc/net/unix: somebody listens. */
const LISTENS = 0x1_0000;
const STREAM = "0001";

/**
 * The socket that systemd hands over to this process; undefined where there is none. What tells of it is removed from the
 * environment, for it is not meant for the programs that the service starts.
 * @throws INVALID_PARAMS for more than one, and for anything but a Unix socket at a path that listens
 */
export function takeInheritedSocket(env: NodeJS.ProcessEnv = process.env): InheritedSocket | undefined {
  const { LISTEN_PID, LISTEN_FDS } = env;
  if (LISTEN_PID !== String(process.pid) || LISTEN_FDS === undefined) return undefined;
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (LISTEN_FDS !== "1") throw refused(`${LISTEN_FDS} descriptors were handed over, and one socket is taken`);
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
  throw refused(`descriptor ${descriptor} is no Unix socket at a path that listens`);
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
