import type { ChildProcess } from "node:child_process";
import type { Call } from "./measure.ts";

/** One way of calling a server that is a process of its own. */
export interface Contender {
  /** The server, in its own process; resolves when it listens at the socket. */
  readonly serve?: (socket: string) => Promise<void>;
  /** The server as words for Node, where it is a program and not `serve`. It prints something when it listens. */
  readonly program?: (socket: string) => readonly string[];
  /** The client, in its own process. */
  readonly connect: (socket: string, server: ChildProcess) => Promise<{ readonly call: Call }>;
}
