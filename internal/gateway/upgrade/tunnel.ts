import type { Duplex } from "node:stream";
import { startTimer } from "../../../protocol/timers.ts";

/**
 * Pipes bytes in both directions with back pressure, and resolves when both ends are closed. If one side ends its
 * output, the other direction continues (for sockets, with `allowHalfOpen`). If one side is destroyed, so is the other.
 * Both are closed after `idleTimeout` milliseconds without a byte; 0 for no timeout.
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
 * Closes a connection whose client ends it before the tunnel begins. While nothing reads from the socket, its end would
 * go unnoticed. Returns a function that stops watching.
 */
export function closeAtEnd(socket: Duplex): () => void {
  const look = (): void => void socket.read(0);
  const close = (): void => void socket.destroy();
  socket.on("readable", look).on("end", close);
  return () => socket.off("readable", look).off("end", close);
}

/** Resolves when `from` is closed. */
async function pass(from: Duplex, to: Duplex, idle: NodeJS.Timeout | undefined): Promise<void> {
  from.on("error", () => {}); // `close` follows
  const closed = from.closed ? undefined : new Promise<void>((resolve) => from.once("close", resolve));
  if (idle !== undefined) from.on("data", () => idle.refresh());
  from.pipe(to);
  await closed;
  if (from.readableEnded && !to.writableFinished) to.once("finish", () => to.destroy());
  else to.destroy();
}
