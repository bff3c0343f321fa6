import type { GatewayChannel } from "./channel.ts";
import type { Job } from "./job.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface WorkerChannelDeps {
  /** Adds the worker to the pool's rotation, or removes it. */
  setActive(active: boolean): void;
  warmUp(paths?: readonly string[]): void;
  endedByRequest(): boolean;
  send(job: Job): void;
}

/** A worker link as its supervisor, or the service of this gateway process, sees it. */
export function workerChannel(
  link: WorkerLink,
  { setActive, warmUp, endedByRequest, send }: WorkerChannelDeps,
): GatewayChannel {
  const { id, key, pid, listens } = link.registration;
  return {
    id,
    key,
    pid,
    listens,
    get inFlight() {
      return link.inFlight;
    },
    get endedByRequest() {
      return endedByRequest();
    },
    get isLeaving() {
      return link.isLeaving;
    },
    get awaitsAnswer() {
      return link.awaitsAnswer;
    },
    get active() {
      return link.inFlight;
    },
    get abandoned() {
      return link.abandonedRequests.length;
    },
    get wasUsed() {
      return !link.isNew;
    },
    setElsewhere: (requests) => {
      link.elsewhere = requests;
    },
    send,
    joinAgain: () => link.sendMessage("JoinAgain", null),
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
