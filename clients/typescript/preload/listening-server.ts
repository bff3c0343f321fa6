import { drainAtSigterm } from "./drain-at-sigterm.ts";
import { Membership } from "./membership.ts";
import type { Surroundings } from "./surroundings.ts";
import { tell } from "./tell.ts";
import type { WebServer } from "./web-server.ts";

/**
 * Tells the gateway that a server accepts connections from the listening socket itself.
 * @param why - what keeps the gateway from doing it
 */
export function registerListening(server: WebServer, { socket, identity }: Surroundings, why: string): void {
  const worker = { socket, exitOnClose: false, onError: (error: unknown) => tell(String(error)) };
  const membership = new Membership(
    { worker, identity: { ...identity, listens: why }, outlives: true, onLost() {} },
    (exchange) => exchange.fail("this worker gets no requests"),
  );
  membership.keepAlive(false);
  server.once("listening", () => void membership.join());
  server.once("close", () => void membership.leave());
  drainAtSigterm(server);
}
