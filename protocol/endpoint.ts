import { lstatSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { XsysError } from "./errors.ts";

/**
 * The default socket of the service and its clients: `$XSYS_SOCKET`, else `$XDG_RUNTIME_DIR/xsys/xsys.sock`, else
 * `xsys.sock` in a directory of the user below the temporary directory. On Windows, a named pipe with the user's name.
 */
export function defaultSocket(env: Readonly<NodeJS.ProcessEnv> = process.env): string {
  if (env.XSYS_SOCKET) return env.XSYS_SOCKET;
  if (process.platform === "win32") return `\\\\.\\pipe\\xsys-${env.USERNAME ?? userInfo().username}`;
  if (env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, "xsys", "xsys.sock");
  return join(temporaryFolder(env), `xsys-${process.getuid?.() ?? "user"}`, "xsys.sock");
}

/** The directory for temporary files, like os.tmpdir() in a process with this environment. */
export function temporaryFolder(env: Readonly<NodeJS.ProcessEnv>): string {
  if (process.platform === "win32") return tmpdir();
  const folder = env.TMPDIR || env.TMP || env.TEMP || "/tmp";
  return folder.length > 1 && folder.endsWith("/") ? folder.slice(0, -1) : folder;
}

export function isNamedPipe(socket: string): boolean {
  return socket.startsWith("\\\\.\\pipe\\") || socket.startsWith("\\\\?\\pipe\\");
}

/**
 * The socket to connect to: the given one, or the default one in this environment.
 * @throws DENIED if the directory of the default socket is accessible to other users.
 */
export function trustedSocket(named: string | undefined, env: Readonly<NodeJS.ProcessEnv> = process.env): string {
  const path = named ?? defaultSocket(env);
  if (named === undefined && !env.XSYS_SOCKET) assertPrivateFolder(path);
  return path;
}

/**
 * Refuses the directory of the default socket if other users can access it. In a shared temporary directory another
 * user could have created it first, and clients would talk to that user's process instead of the service.
 * @throws DENIED
 */
export function assertPrivateFolder(socket: string): void {
  if (isNamedPipe(socket)) return;
  const folder = dirname(socket);
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const isOurs = stats.isDirectory() && stats.uid === process.getuid?.();
  if (isOurs && (stats.mode & 0o077) === 0) return;
  const reason = isOurs ? "other users can access it (its mode should be 0700)" : "it is not a directory of this user";
  throw new XsysError("DENIED", `the directory ${folder} of the socket cannot be trusted: ${reason}`, {
    details: { folder },
  });
}
