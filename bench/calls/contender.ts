import type { ChildProcess } from "node:child_process";
import type { Call } from "./measure.ts";

/** One way of calling a server in another process. */
export interface Contender {
  /** Runs the server in its own process. Resolves when it listens on the socket. */
  readonly serve?: (socket: string) => Promise<void>;
  /** Node arguments that start the server, instead of `serve`. It prints something when it listens. */
  readonly program?: (socket: string) => readonly string[];
  /** Connects the client, in its own process. */
  readonly connect: (socket: string, server: ChildProcess) => Promise<{ readonly call: Call }>;
}
