import type { WorkerChannel } from "./channel.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface WorkerChannelDeps {
  /** Adds the worker to the pool's rotation, or removes it. */
  setActive(active: boolean): void;
  warmUp(): void;
  endedByRequest(): boolean;
}

/** The supervisor's view of a worker link. */
export function workerChannel(
  link: WorkerLink,
  { setActive, warmUp, endedByRequest }: WorkerChannelDeps,
): WorkerChannel {
  const { id, key, pid } = link.registration;
  return {
    id,
    key,
    pid,
    get inFlight() {
      return link.inFlight;
    },
    get endedByRequest() {
      return endedByRequest();
    },
    requestsInFlight: (limit) => link.requestsInFlight(limit),
    setActive,
    warmUp,
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
