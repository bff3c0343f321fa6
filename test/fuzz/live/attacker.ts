import { once } from "node:events";
import type { NetConnectOpts, Socket } from "node:net";
import { connect } from "node:net";
import type { Random } from "../random.ts";

/** Milliseconds after which an attacker stops waiting. */
const PATIENCE = 40;

/** Connects, sends each piece in its own write, and disconnects in a random way. Returns the received bytes. */
export async function attack(random: Random, where: NetConnectOpts, pieces: readonly Buffer[]): Promise<Buffer> {
  const socket = connect(where);
  const told: Buffer[] = [];
  socket.on("data", (bytes: Buffer) => told.push(bytes));
  socket.on("error", () => {}); // rejections are expected
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
