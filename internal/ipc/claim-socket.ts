import { type BigIntStats, chmodSync, linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { dirname, join } from "node:path";
import { isNamedPipe } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { FrameWriter } from "../../protocol/wire/frame.ts";
import { encodeMessage, type HelloAnswer } from "../../protocol/wire/message.ts";
import { MessageReader } from "../../protocol/wire/message-reader.ts";
import { fromErrno, isErrno } from "../base/errno.ts";
import { makeFolder } from "../files/make-folder.ts";
import { listen } from "./listen.ts";

/** Maximum length of a socket path: sockaddr_un has 108 bytes on Linux and 104 elsewhere, including the NUL. */
const MAX_PATH_BYTES = process.platform === "linux" ? 107 : 103;
const PROBE_TIMEOUT = 1_000;
/** Number of sockets that this process has claimed: each has a temporary name of its own. */
let claimed = 0;

/** A path that a server listens on. `release` removes the socket file unless another server has replaced it. */
export interface ClaimedSocket {
  readonly path: string;
  release(): void;
}

/**
 * Makes a server listen on a path, unless a running server listens there. The socket is created under a temporary name
 * with mode 0600 and then linked to the path. Linking fails when the path exists, so only one of two servers started at
 * the same time succeeds, and other users can never open the socket. A socket file of a server that has died is
 * replaced.
 *
 * With `descriptor`, an inherited socket that already listens on the path, the file is neither created nor removed.
 * @throws BUSY naming the pid of a live server, ALREADY_EXISTS for a file that is no socket, INVALID_PARAMS, DENIED.
 */
export async function claimSocket(server: Server, path: string, descriptor?: number): Promise<ClaimedSocket> {
  if (descriptor !== undefined) return adopt(server, path, descriptor);
  if (isNamedPipe(path)) return claimPipe(server, path);
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    throw new XsysError(
      "INVALID_PARAMS",
      `the socket path ${path} has ${bytes} bytes; the maximum is ${MAX_PATH_BYTES}`,
    );
  }
  makeFolder(dirname(path), 0o700);
  await refuseIfTaken(path);
  const own = join(dirname(path), `.${process.pid}-${++claimed}`);
  unlinkIfExists(own);
  await listen(server, { path: own }).catch((error) => {
    // The original message names the temporary path.
    throw isErrno(error) ? fromErrno(Object.assign(error, { path }), "listening") : error;
  });
  try {
    chmodSync(own, 0o600);
    linkUnlessTaken(own, path);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    unlinkIfExists(own);
  }
  const { ino, dev } = lstatSync(path);
  return {
    path,
    release: () => {
      const now = lstatSync(path, { throwIfNoEntry: false });
      if (now?.ino === ino && now.dev === dev) unlinkIfExists(path);
    },
  };
}

async function adopt(server: Server, path: string, fd: number): Promise<ClaimedSocket> {
  await listen(server, { fd });
  return { path, release: () => {} };
}

async function claimPipe(server: Server, path: string): Promise<ClaimedSocket> {
  try {
    await listen(server, { path });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw taken(path, await probe(path));
  }
  return { path, release: () => {} };
}

async function refuseIfTaken(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    throw new XsysError("ALREADY_EXISTS", `${path} exists and is not a socket; it was not replaced`);
  }
  const pid = await probe(path);
  if (pid !== "none") throw taken(path, pid);
  removeUnlessReplaced(path, stats);
}

/**
 * Removes a socket file on which no server answered. The file is renamed and checked again, because another server may
 * have replaced it meanwhile; then it is put back. Inode numbers are reused, so the modification time is compared too.
 */
function removeUnlessReplaced(path: string, { ino, mtimeNs }: BigIntStats): void {
  const aside = join(dirname(path), `.${process.pid}.stale`);
  if (!renameIfExists(path, aside)) return;
  const moved = lstatSync(aside, { bigint: true });
  try {
    if (moved.ino === ino && moved.mtimeNs === mtimeNs) return;
    linkSync(aside, path);
    throw taken(path, undefined);
  } finally {
    unlinkIfExists(aside);
  }
}

function linkUnlessTaken(own: string, path: string): void {
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw taken(path, undefined);
    throw error;
  }
}

function taken(path: string, pid: number | undefined | "none"): XsysError {
  const who = typeof pid === "number" ? `xsys, pid ${pid},` : "a server";
  return new XsysError("BUSY", `${who} already listens on ${path}`, {
    details: { socket: path, ...(typeof pid === "number" && { pid }) },
  });
}

/** The pid of the server on a path: undefined when it is unknown, "none" when no server listens. */
async function probe(path: string): Promise<number | undefined | "none"> {
  const socket = connect(path);
  const { promise, resolve } = Promise.withResolvers<number | undefined | "none">();
  const timer = setTimeout(() => resolve(undefined), PROBE_TIMEOUT);
  const reader = new MessageReader({
    message: ({ payload }) => resolve((payload as Partial<HelloAnswer> | null)?.pid),
    chunk: () => {},
    fault: () => resolve(undefined), // a server with another protocol is a running server, too
  });
  socket.on("connect", () => new FrameWriter(socket).json(encodeMessage("Hello", {})));
  socket.on("data", (bytes: Buffer) => reader.receive(bytes));
  socket.on("error", ({ code }: NodeJS.ErrnoException) => {
    resolve(code === "ECONNREFUSED" || code === "ENOENT" ? "none" : undefined);
  });
  socket.on("close", () => resolve(undefined));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function unlinkIfExists(path: string): void {
  ifExists(() => unlinkSync(path));
}

function renameIfExists(from: string, to: string): boolean {
  return ifExists(() => renameSync(from, to));
}

/** Returns false when the file does not exist, which happens when another server removed it first. */
function ifExists(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
