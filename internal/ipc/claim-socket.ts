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

/** Bytes of a socket's path: sockaddr_un's 108 on Linux and 104 elsewhere, less the NUL. */
const MAX_PATH_BYTES = process.platform === "linux" ? 107 : 103;
const PROBE_TIMEOUT = 1_000;
/** Connections that wait to be accepted; with Node's 511, 500 clients at once met EAGAIN. Linux caps it at somaxconn. */
const BACKLOG = 4_096;

/** A path that a server listens on; `release` removes the socket file if it is still ours. */
export interface ClaimedSocket {
  readonly path: string;
  release(): void;
}

/**
 * Makes a server listen on a path that no live server holds. The socket is made under a name of its own with mode 0600
 * and then linked to the path, which fails when something is there: so of two servers started at once one loses, and
 * nobody ever finds the path open to others. A file there that no server answers on is replaced. With a descriptor, it is
 * what listens at the path already, and whoever made it keeps the file.
 * @throws BUSY naming the pid of a live server, ALREADY_EXISTS for a file that is no socket, INVALID_PARAMS, DENIED.
 */
export async function claimSocket(server: Server, path: string, descriptor?: number): Promise<ClaimedSocket> {
  if (descriptor !== undefined) return adopt(server, path, descriptor);
  if (isNamedPipe(path)) return claimPipe(server, path);
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    throw new XsysError("INVALID_PARAMS", `the socket path ${path} has ${bytes} bytes; ${MAX_PATH_BYTES} are the most`);
  }
  makeFolder(dirname(path), 0o700);
  await refuseIfTaken(path);
  const own = join(dirname(path), `.${process.pid}`);
  unlinkIfThere(own);
  await listen(server, { path: own }).catch((error) => {
    // It would name the other path, which nobody has asked for.
    throw isErrno(error) ? fromErrno(Object.assign(error, { path }), "listening") : error;
  });
  try {
    chmodSync(own, 0o600);
    linkUnlessTaken(own, path);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    unlinkIfThere(own);
  }
  const { ino, dev } = lstatSync(path);
  return {
    path,
    release: () => {
      const now = lstatSync(path, { throwIfNoEntry: false });
      if (now?.ino === ino && now.dev === dev) unlinkIfThere(path);
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
    throw new XsysError("ALREADY_EXISTS", `${path} is there and is not a socket: it will not be replaced`);
  }
  const pid = await probe(path);
  if (pid !== "nobody") throw taken(path, pid);
  removeUnlessReplaced(path, stats);
}

/**
 * Removes the file that nobody answered on. It is moved aside first and looked at again: another server that starts may
 * have put its own in the place meanwhile, and gets it back at once. Inodes are used again, so their times count too.
 */
function removeUnlessReplaced(path: string, { ino, mtimeNs }: BigIntStats): void {
  const aside = join(dirname(path), `.${process.pid}.stale`);
  if (!renameIfThere(path, aside)) return;
  const moved = lstatSync(aside, { bigint: true });
  try {
    if (moved.ino === ino && moved.mtimeNs === mtimeNs) return;
    linkSync(aside, path);
    throw taken(path, undefined);
  } finally {
    unlinkIfThere(aside);
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

function taken(path: string, pid: number | undefined | "nobody"): XsysError {
  const who = typeof pid === "number" ? `xsys, pid ${pid},` : "a server";
  return new XsysError("BUSY", `${who} already listens on ${path}`, {
    details: { socket: path, ...(typeof pid === "number" && { pid }) },
  });
}

/** The pid of the server that answers on a path, undefined when it does not tell, or that nobody is there. */
async function probe(path: string): Promise<number | undefined | "nobody"> {
  const socket = connect(path);
  const { promise, resolve } = Promise.withResolvers<number | undefined | "nobody">();
  const timer = setTimeout(() => resolve(undefined), PROBE_TIMEOUT);
  const reader = new MessageReader({
    message: ({ payload }) => resolve((payload as Partial<HelloAnswer> | null)?.pid),
    chunk: () => {},
    fault: () => resolve(undefined), // a server of another protocol is a live server, too
  });
  socket.on("connect", () => new FrameWriter(socket).json(encodeMessage("Hello", {})));
  socket.on("data", (bytes: Buffer) => reader.receive(bytes));
  socket.on("error", ({ code }: NodeJS.ErrnoException) => {
    resolve(code === "ECONNREFUSED" || code === "ENOENT" ? "nobody" : undefined);
  });
  socket.on("close", () => resolve(undefined));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function listen(server: Server, where: { path: string } | { fd: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ ...where, backlog: BACKLOG }, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}

function unlinkIfThere(path: string): void {
  ifThere(() => unlinkSync(path));
}

function renameIfThere(from: string, to: string): boolean {
  return ifThere(() => renameSync(from, to));
}

/** Whether there was something to act on: another server that starts may have been faster. */
function ifThere(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
