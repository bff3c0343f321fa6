import { drainAtSigterm } from "./drain-at-sigterm.ts";
import { Membership } from "./membership.ts";
import type { Surroundings } from "./surroundings.ts";
import { tell } from "./tell.ts";
import type { WebServer } from "./web-server.ts";
import type { Place } from "./worker-handle.ts";
import { workerSocket } from "./worker-socket.ts";

/**
 * Tells the gateway that a server accepts connections from the listening socket itself.
 * @param why - what keeps the gateway from doing it
 */
export function registerListening(server: WebServer, place: Place, surroundings: Surroundings, why: string): void {
  const worker = { exitOnClose: false, onError: (error: unknown) => tell(String(error)) };
  const locate = () => workerSocket(surroundings, place);
  const membership = new Membership(
    { worker, locate, identity: { ...surroundings.identity, listens: why }, outlives: true, onLost() {} },
    (exchange) => exchange.fail("this worker gets no requests"),
  );
  membership.keepAlive(false);
  server.once("listening", () => membership.join().catch((error) => tell(String(error))));
  server.once("close", () => void membership.leave());
  drainAtSigterm(server);
}
