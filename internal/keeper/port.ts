import { closeSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";
import { fromErrno, isErrno } from "../base/errno.ts";
import { platform } from "../facts/platform.ts";
import { tcpSockets } from "../facts/tcp-sockets.ts";
import { type HeldSocket, holdSocket, makeBlocking, takeKept } from "../ipc/held-socket.ts";
import { socketInode } from "../ipc/socket-inode.ts";
import { identityOf, type ProcessIdentity } from "../processes/identity.ts";
import { takeDescriptor } from "../processes/take-descriptor.ts";
import { type Front, hasPort } from "./app-spec.ts";

/** A listening socket of an app. */
export interface Port extends Pick<HeldSocket, "descriptor" | "close"> {
  /** Identifies the socket in every process that has it: that of `socket:[…]` in /proc/PID/fd. */
  readonly inode: string;
}

/** Where the listening socket may be found that an earlier keeper, or an earlier program of this one, has opened. */
export interface KnownPort {
  readonly front: Front;
  readonly keeper: ProcessIdentity;
  /** Its number in the keeper. */
  readonly descriptor: number;
  readonly inode: string;
}

/**
 * Opens the listening socket of an app. If it was opened before, it is still this process's own after an upgrade; after
 * the death of a keeper, it is taken from a process that has it. Otherwise a new one is opened.
 * @param holders - clones, and gateways
 * @throws BUSY with the process that has the port
 */
export async function openPort(
  front: Front,
  known?: KnownPort,
  holders: readonly ProcessIdentity[] = [],
): Promise<Port | undefined> {
  if (!hasPort(front)) return undefined;
  const descriptor = known === undefined || !isSameFront(known.front, front) ? undefined : find(known, holders);
  if (descriptor !== undefined) return portOf(descriptor);
  try {
    const held = await holdSocket(front.host, front.port);
    makeBlocking(held.descriptor); // Node makes it non-blocking again where it listens
    return portOf(held.descriptor);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code !== "EADDRINUSE") throw fromErrno(error, `listening on ${front.host}:${front.port}`);
    throw new XsysError("BUSY", `port ${front.port} is in use${await ownerOf(front.port)}`, { cause: error });
  }
}

export function isSameFront(a: Front, b: Front): boolean {
  if (!hasPort(a) || !hasPort(b)) return a.kind === b.kind;
  return a.port === b.port && a.host === b.host;
}

function find({ keeper, descriptor, inode }: KnownPort, holders: readonly ProcessIdentity[]): number | undefined {
  if (isThisProcess(keeper)) return takeKept(descriptor);
  for (const holder of holders) {
    try {
      const number = tcpSockets.descriptorOf(holder.pid, inode);
      if (number !== undefined) return takeDescriptor(holder, number);
    } catch {
      // it has ended, or this user may not take it
    }
  }
  return undefined;
}

function isThisProcess({ pid, start }: ProcessIdentity): boolean {
  return pid === process.pid && identityOf(pid)?.start === start;
}

function portOf(descriptor: number): Port {
  let isOpen = true;
  return {
    descriptor,
    inode: socketInode(descriptor) ?? "",
    close: () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

async function ownerOf(port: number): Promise<string> {
  const sockets = await platform.ports(AbortSignal.timeout(5_000));
  const owner = sockets.find(({ local_port, state, pid }) => local_port === port && state === "LISTEN" && pid);
  return owner === undefined ? "" : ` by process ${owner.pid}`;
}
