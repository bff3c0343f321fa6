import { closeSync, readlinkSync } from "node:fs";
import { askKeeper } from "./ask-keeper.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Place } from "./worker-handle.ts";

/**
 * Where a server that wants to listen at `place` connects as a worker.
 * @throws an error like that of `listen` if the keeper cannot open the port
 */
export async function workerSocket(
  { socket, app, identity: { key = "" }, descriptor }: Omit<Surroundings, "port" | "isTls" | "appPort">,
  { address, port }: Place,
): Promise<string> {
  if (app === undefined) return socket;
  const opened = await askKeeper(socket, { name: app, key, host: address, port });
  if (descriptor !== undefined) closeOther(descriptor, opened.inode);
  return opened.socket;
}

/** The process was started with the socket of a port that the app has asked for before: it would stay open. */
function closeOther(descriptor: number, inode: string): void {
  try {
    if (readlinkSync(`/proc/self/fd/${descriptor}`) !== `socket:[${inode}]`) closeSync(descriptor);
  } catch {
    // it is not open any more
  }
}
