import { once } from "node:events";
import { pino, stdTimeFunctions } from "pino";
import { VERSION } from "../base/version.ts";
import { allowTaking } from "../processes/take-descriptor.ts";
import { AppGateway } from "./app-gateway.ts";
import { ListeningSockets } from "./listening-sockets.ts";

/** How a gateway process finds its keeper. */
export interface AppGatewayStart {
  /** The socket of the keeper. */
  readonly socket: string;
  readonly id: string;
  /** Proves that the process was started by the keeper. */
  readonly key: string;
  /** Number of listening sockets that it was started with. */
  readonly descriptors: number;
}

/** Bytes of the log that nobody has read; further records are dropped. */
const MAX_UNREAD = 1_048_576;

/** Runs the gateway in front of apps until SIGTERM; then it answers the requests in progress. */
export async function runAppGateway({ socket, id, key, descriptors }: AppGatewayStart): Promise<void> {
  // Not process.stdout, which would wait where nobody reads it: the keeper may have ended.
  const output = pino.destination({ fd: 1, sync: false, maxLength: MAX_UNREAD });
  const log = pino({ level: "info", base: null, timestamp: stdTimeFunctions.isoTime }, output);
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => log.error({ err: error }, "unexpected error in the gateway"));
  }
  allowTaking(); // the next keeper takes the listening sockets from here
  const registration = { id, key, pid: process.pid, version: VERSION };
  const gateway = new AppGateway({ socket, registration, listening: new ListeningSockets(descriptors), log });
  gateway.open();
  await once(process, "SIGTERM");
  await gateway.close();
}
