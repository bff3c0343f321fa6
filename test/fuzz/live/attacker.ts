import { once } from "node:events";
import type { NetConnectOpts, Socket } from "node:net";
import { connect } from "node:net";
import type { Random } from "../random.ts";

/** Milliseconds after which an attacker waits for nothing more. */
const PATIENCE = 40;

/** Connects, says all pieces, each in a write of its own, and leaves in one of the ways there are. Gives what was said back. */
export async function attack(random: Random, where: NetConnectOpts, pieces: readonly Buffer[]): Promise<Buffer> {
  const socket = connect(where);
  const told: Buffer[] = [];
  socket.on("data", (bytes: Buffer) => told.push(bytes));
  socket.on("error", () => {}); // a refusal is its due
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  await Promise.race([once(socket, "connect").catch(() => {}), closed]);
  for (const piece of pieces) {
    socket.write(piece);
    if (random.chance(0.2)) await new Promise(setImmediate);
  }
  await leave(random, socket, closed);
  return Buffer.concat(told);
}

async function leave(random: Random, socket: Socket, closed: Promise<void>): Promise<void> {
  const way = random.below(4);
  const isTcp = socket.remotePort !== undefined;
  if (way === 0 && isTcp) socket.resetAndDestroy();
  else if (way === 1) socket.destroySoon();
  else {
    if (way === 2) socket.end();
    const timer = setTimeout(() => socket.destroy(), PATIENCE);
    await closed;
    clearTimeout(timer);
  }
  await closed;
}
