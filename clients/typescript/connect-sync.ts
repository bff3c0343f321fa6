import { trustedSocket } from "../../protocol/endpoint.ts";
import { delayRefusal } from "../../protocol/timers.ts";
import type { ConnectOptions } from "./connect.ts";
import { hasDescriptors } from "./sync/descriptor.ts";
import { SocketCarrier } from "./sync/socket-carrier.ts";
import { createSyncClient, type SyncClient } from "./sync/sync-client.ts";
import { ThreadCarrier } from "./sync/thread-carrier.ts";

export type ConnectSyncOptions = ConnectOptions;

/** Half a second, in milliseconds: while it waits, nothing else runs in this thread. */
const DEFAULT_WAIT = 500;

/**
 * Connects to a running service with a client whose calls block until they are answered, as `readFileSync` does: for
 * code that cannot wait. Each costs what the way there and back costs; no process is started. When the service is lost
 * during a call, that call fails as UNAVAILABLE at once, for nobody knows whether it was carried out, and the next one
 * connects anew. A worker thread makes a client of its own.
 * @throws UNAVAILABLE when no service answers in time, DENIED when the default socket's folder cannot be trusted,
 * INVALID_PARAMS for a `wait` or `timeout` that is no number from 0 to Infinity.
 */
export function connectSync(options: ConnectSyncOptions = {}): SyncClient {
  const { wait = DEFAULT_WAIT, timeout = 0, pid = process.pid, autostart } = options;
  const refusal = delayRefusal("wait", wait) ?? delayRefusal("timeout", timeout);
  if (refusal !== undefined) throw refusal;
  const carrierOptions = { socket: trustedSocket(options.socket), wait, pid, autostart };
  const carrier = hasDescriptors() ? new SocketCarrier(carrierOptions) : new ThreadCarrier(carrierOptions);
  return createSyncClient(carrier, timeout);
}
