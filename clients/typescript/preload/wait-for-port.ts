import type { Server } from "node:net";
import { tell } from "./tell.ts";

/** Milliseconds until a port that is in use is tried again. */
const RETRY = 250;

/**
 * Makes a server wait until its port is free, in place of the error EADDRINUSE: while one process of the application
 * replaces another, both run, and only one of them can have a port that is not the gateway's.
 * @param again - tries to listen again
 */
export function waitForPort(server: Server, port: number, again: () => void): void {
  const { emit } = server;
  const emits = server as { emit: typeof emit };
  let retry: NodeJS.Timeout | undefined;
  emits.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === "error" && isInUse(args[0])) {
      tell(`port ${port} is in use: the server waits until it is free`);
      retry = setTimeout(again, RETRY);
      return true;
    }
    if (event === "listening" || event === "close") {
      clearTimeout(retry);
      emits.emit = emit;
    }
    return emit.call(server, event as string, ...args);
  };
}

function isInUse(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "EADDRINUSE" && syscall === "listen";
}
