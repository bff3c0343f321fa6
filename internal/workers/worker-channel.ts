import type { WorkerChannel } from "./channel.ts";
import type { WorkerLink } from "./worker-link.ts";

/** A link as the supervisor of its process sees it. `activity` puts it into the pool's turn, or takes it out. */
export function workerChannel(link: WorkerLink, setActive: (active: boolean) => void): WorkerChannel {
  const { id, key, pid } = link.registration;
  return {
    id,
    key,
    pid,
    get inFlight() {
      return link.inFlight;
    },
    get endedByRequest() {
      return link.endedByRequest;
    },
    requestsInFlight: (limit) => link.requestsInFlight(limit),
    setActive,
    drain: () => {
      setActive(false);
      return link.idle();
    },
    forceGc: () => link.sendMessage("ForceGC", null),
    ping: () => link.ping(),
    close: () => link.close(),
    onClose: (listener) => link.onGone(listener),
  };
}
