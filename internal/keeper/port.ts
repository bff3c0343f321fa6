import { closeSync, readFileSync, readlinkSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";
import { fromErrno, isErrno } from "../base/errno.ts";
import { platform } from "../facts/platform.ts";
import { type HeldSocket, holdSocket, makeBlocking, takeKept } from "../ipc/held-socket.ts";
import { identityOf, type ProcessIdentity } from "../processes/identity.ts";
import { takeDescriptor } from "../processes/take-descriptor.ts";
import type { Front } from "./app-spec.ts";

/** A listening socket of an app. */
export type Port = Pick<HeldSocket, "descriptor" | "close">;

/** Number of the listening socket in a clone. */
const LISTENING_DESCRIPTOR = 3;

/** Where the listening socket may be found that an earlier keeper, or an earlier program of this one, has opened. */
export interface KnownPort {
  readonly front: Front;
  readonly keeper: ProcessIdentity;
  /** Its number in the keeper. */
  readonly descriptor: number;
}

/**
 * Opens the listening socket of an app. If it was opened before, it is still this process's own after an upgrade; after
 * the death of a keeper, it is taken from a clone. Otherwise a new one is opened.
 * @throws BUSY with the process that has the port
 */
export async function openPort(
  front: Front,
  known?: KnownPort,
  clones: readonly ProcessIdentity[] = [],
): Promise<Port | undefined> {
  if (front.kind === "none") return undefined;
  const descriptor = known === undefined || !isSameFront(known.front, front) ? undefined : find(known, clones);
  if (descriptor !== undefined) return portOf(descriptor);
  try {
    const held = await holdSocket(front.host, front.port);
    makeBlocking(held.descriptor); // Node makes it non-blocking again where it listens
    return held;
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code !== "EADDRINUSE") throw fromErrno(error, `listening on ${front.host}:${front.port}`);
    throw new XsysError("BUSY", `port ${front.port} is in use${await ownerOf(front.port)}`, { cause: error });
  }
}

export function isSameFront(a: Front, b: Front): boolean {
  if (a.kind === "none" || b.kind === "none") return a.kind === b.kind;
  return a.port === b.port && a.host === b.host;
}

function find({ keeper, descriptor, front }: KnownPort, clones: readonly ProcessIdentity[]): number | undefined {
  const port = front.kind === "none" ? 0 : front.port;
  if (isThisProcess(keeper)) return takeKept(descriptor);
  for (const clone of clones) {
    try {
      const taken = takeDescriptor(clone, LISTENING_DESCRIPTOR);
      if (isListening(taken, port)) return taken;
      closeSync(taken); // the app has put something else there
    } catch {
      // it has closed it, or this user may not take it
    }
  }
  return undefined;
}

/** By /proc/net/tcp: address:port in hexadecimal, state 0A for LISTEN, inode: proc_net_tcp. */
function isListening(descriptor: number, port: number): boolean {
  const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`)) ?? [];
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["tcp", "tcp6"].some((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .some(([, local = "", , state, , , , , , own]) => own === inode && state === "0A" && local.endsWith(wanted)),
  );
}

function isThisProcess({ pid, start }: ProcessIdentity): boolean {
  return pid === process.pid && identityOf(pid)?.start === start;
}

function portOf(descriptor: number): Port {
  let isOpen = true;
  return {
    descriptor,
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
