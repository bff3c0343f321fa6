import { trustedSocket } from "../../protocol/endpoint.ts";
import { delayRefusal } from "../../protocol/timers.ts";
import type { ConnectOptions } from "./connect.ts";
import { hasDescriptors } from "./sync/descriptor.ts";
import { SocketTransport } from "./sync/socket-transport.ts";
import { createSyncClient, type SyncClient } from "./sync/sync-client.ts";
import { ThreadTransport } from "./sync/thread-transport.ts";

export type ConnectSyncOptions = ConnectOptions;

/** Milliseconds. Shorter than connect()'s default, because nothing else runs in this thread during the wait. */
const DEFAULT_WAIT = 500;

/**
 * Connects to a running service with a client whose calls block until they are answered, as `readFileSync` does. Use it
 * where code cannot await. A call costs one round trip on the socket; no process is started.
 *
 * When the connection is lost during a call, that call fails at once with UNAVAILABLE, because it is not known whether
 * it was carried out. The next call reconnects. A client cannot be shared between threads: each worker thread connects
 * itself.
 * @throws UNAVAILABLE when no service answers in time, DENIED when the default socket's folder cannot be trusted,
 * INVALID_PARAMS for a `wait` or `timeout` that is not a number from 0 to Infinity.
 */
export function connectSync(options: ConnectSyncOptions = {}): SyncClient {
  const { wait = DEFAULT_WAIT, timeout = 0, pid = process.pid, autostart } = options;
  const refusal = delayRefusal("wait", wait) ?? delayRefusal("timeout", timeout);
  if (refusal !== undefined) throw refusal;
  const transportOptions = { socket: trustedSocket(options.socket), wait, pid, autostart };
  const transport = hasDescriptors() ? new SocketTransport(transportOptions) : new ThreadTransport(transportOptions);
  return createSyncClient(transport, timeout);
}
