import type { Duplex } from "node:stream";
import { startTimer } from "../../../protocol/timers.ts";

/**
 * Passes bytes both ways, no faster than they are taken, until both ends are closed; then it resolves. An end of one
 * side's bytes is passed on and the other way goes on (of sockets: with `allowHalfOpen`). One that breaks off takes the
 * other with it. When `idleTimeout` milliseconds go by without a byte, 0 for any number, both are closed.
 */
export async function tunnel(a: Duplex, b: Duplex, idleTimeout: number): Promise<void> {
  const closeBoth = (): void => {
    a.destroy();
    b.destroy();
  };
  const idle = idleTimeout > 0 ? startTimer(closeBoth, idleTimeout).unref() : undefined;
  await Promise.all([pass(a, b, idle), pass(b, a, idle)]);
  clearTimeout(idle);
}

/**
 * Closes a connection that its client has ended before there is anybody to tunnel to: as long as nobody reads it, that
 * would stay unseen. What it gives back ends the watch.
 */
export function closeAtEnd(socket: Duplex): () => void {
  const look = (): void => void socket.read(0);
  const close = (): void => void socket.destroy();
  socket.on("readable", look).on("end", close);
  return () => socket.off("readable", look).off("end", close);
}

/** Resolves when `from` is closed. */
async function pass(from: Duplex, to: Duplex, idle: NodeJS.Timeout | undefined): Promise<void> {
  from.on("error", () => {}); // its close follows, and says enough
  const closed = from.closed ? undefined : new Promise<void>((resolve) => from.once("close", resolve));
  if (idle !== undefined) from.on("data", () => idle.refresh());
  from.pipe(to);
  await closed;
  if (from.readableEnded && !to.writableFinished) to.once("finish", () => to.destroy());
  else to.destroy();
}
