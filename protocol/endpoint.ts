import { lstatSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { XsysError } from "./errors.ts";

/**
 * The socket that the service and its clients meet at when nobody says otherwise: `$XSYS_SOCKET`, else
 * `$XDG_RUNTIME_DIR/xsys/xsys.sock`, else `xsys.sock` in a folder of the user's own under the temporary directory. On
 * Windows, a named pipe of the user's name.
 */
export function defaultSocket(env: NodeJS.ProcessEnv = process.env): string {
  if (env.XSYS_SOCKET) return env.XSYS_SOCKET;
  if (process.platform === "win32") return `\\\\.\\pipe\\xsys-${env.USERNAME ?? userInfo().username}`;
  if (env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, "xsys", "xsys.sock");
  return join(tmpdir(), `xsys-${process.getuid?.() ?? "user"}`, "xsys.sock");
}

export function isNamedPipe(socket: string): boolean {
  return socket.startsWith("\\\\.\\pipe\\") || socket.startsWith("\\\\?\\pipe\\");
}

/**
 * The socket to meet at: the one that was named, or the default one.
 * @throws DENIED when the default one's folder is not this user's alone.
 */
export function trustedSocket(named: string | undefined): string {
  const path = named ?? defaultSocket();
  if (named === undefined && !process.env.XSYS_SOCKET) assertPrivateFolder(path);
  return path;
}

/**
 * Refuses the default socket's folder when it is not this user's alone: under a shared temporary directory anyone may
 * have made it first, and would be talked to in the service's place.
 * @throws DENIED
 */
export function assertPrivateFolder(socket: string): void {
  if (isNamedPipe(socket)) return;
  const folder = dirname(socket);
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const isOurs = stats.isDirectory() && stats.uid === process.getuid?.();
  if (isOurs && (stats.mode & 0o077) === 0) return;
  const reason = isOurs ? "others may enter it (its mode should be 0700)" : "it is not a folder of this user";
  throw new XsysError("DENIED", `the socket's folder ${folder} cannot be trusted: ${reason}`, { details: { folder } });
}
