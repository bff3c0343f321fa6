import type {
  AppWorkerGone,
  AppWorkerLost,
  AppWorkersExpected,
  SetActive,
  WarmUp,
} from "../../protocol/wire/app-gateway.ts";
import type { GatewayChannel } from "../workers/channel.ts";
import type { Loss } from "../workers/loss.ts";
import type { WorkerSource } from "../workers/worker-pool.ts";

/** Milliseconds after a worker's loss in which the keeper tells the reason, if there is a keeper. */
const REASON_TIMEOUT = 500;
/** Requests of a lost worker that are described to the keeper. */
const MAX_REQUESTS = 20;

/** Sends a message about this app to the keeper. Returns false if there is none. */
export type Tell = (type: string, payload: object) => boolean;

/** A worker, or a clone that requests are forwarded to, as the keeper controls it. */
export type RemoteWorker = Pick<
  GatewayChannel,
  | "id"
  | "key"
  | "pid"
  | "listens"
  | "isLeaving"
  | "inFlight"
  | "endedByRequest"
  | "requestsInFlight"
  | "setActive"
  | "warmUp"
  | "drain"
  | "joinAgain"
  | "close"
  | "onClose"
>;

/** What the gateway has of a connected worker. */
interface Joined {
  readonly channel: RemoteWorker;
  readonly whyLost: PromiseWithResolvers<Loss>;
  isActive: boolean;
}

/**
 * The keeper as the supervisor of an app's workers, seen from the gateway. Without a keeper the gateway goes on with what
 * it was told last; if no active worker is left, the others get the requests.
 */
export class RemoteSupervisor implements WorkerSource {
  readonly #tell: Tell;
  readonly #onActive: () => void;
  /** By the number of the connection. */
  readonly #joined = new Map<number, Joined>();
  /** Those whose loss the keeper has yet to explain. */
  readonly #lost = new Map<number, PromiseWithResolvers<Loss>>();
  #isKept = true;
  #expected = true;
  #pending = 0;
  #lastLink = 0;

  /** @param onActive - called when a worker gets requests from now on */
  constructor(tell: Tell, onActive: () => void) {
    this.#tell = tell;
    this.#onActive = onActive;
  }

  /** Without a keeper, the next one may start workers. */
  get expectsWorker(): boolean {
    return this.#expected || !this.#isKept;
  }

  get pending(): number {
    return this.#pending;
  }

  adopt(channel: RemoteWorker): Promise<Loss> {
    const link = ++this.#lastLink;
    const joined = { channel, whyLost: Promise.withResolvers<Loss>(), isActive: false };
    this.#joined.set(link, joined);
    channel.onClose((reason) => this.#gone(link, joined, reason));
    this.#tellJoined(link, channel);
    if (!this.#isKept) this.#replaceActive();
    return joined.whyLost.promise;
  }

  /** The keeper has ended, or another one is there: it is told which workers are connected. */
  set isKept(isKept: boolean) {
    this.#isKept = isKept;
    if (!isKept) this.#replaceActive();
    else for (const [link, { channel }] of this.#joined) this.#tellJoined(link, channel);
  }

  setActive({ link, active }: SetActive): void {
    const joined = this.#joined.get(link);
    if (joined !== undefined) this.#setActive(joined, active);
  }

  warmUp({ link, paths }: WarmUp): void {
    this.#joined.get(link)?.channel.warmUp(paths);
  }

  async drain(link: number): Promise<void> {
    const joined = this.#joined.get(link);
    if (joined !== undefined) joined.isActive = false;
    await joined?.channel.drain();
    this.#tell("WorkerIdle", { link });
  }

  closeWorker(link: number): void {
    this.#joined.get(link)?.channel.close();
  }

  lost({ link, loss }: Omit<AppWorkerLost, "app">): void {
    this.#lost.get(link)?.resolve(loss);
    this.#lost.delete(link);
  }

  expect({ expected, pending }: AppWorkersExpected): void {
    this.#expected = expected;
    this.#pending = pending;
  }

  /** Asks the workers to connect again, because another gateway takes the place of this one. */
  sendAway(): void {
    for (const { channel } of this.#joined.values()) channel.joinAgain();
  }

  #setActive(joined: Joined, active: boolean): void {
    joined.isActive = active;
    joined.channel.setActive(active);
    if (active) this.#onActive();
  }

  #tellJoined(link: number, { id, key, pid, listens }: RemoteWorker): void {
    this.#tell("WorkerJoined", {
      ...{ link, id, key: key ?? "" },
      ...(pid !== undefined && { pid }),
      ...(listens !== undefined && { listens }),
    });
  }

  #gone(link: number, { channel, whyLost }: Joined, reason: string | undefined): void {
    this.#joined.delete(link);
    this.#lost.set(link, whyLost);
    const { inFlight, endedByRequest, isLeaving: hasLeft } = channel;
    const told = this.#tell("WorkerGone", {
      ...{ link, hasLeft, inFlight, endedByRequest, requests: channel.requestsInFlight(MAX_REQUESTS) },
      ...(reason !== undefined && { reason }),
    } satisfies Omit<AppWorkerGone, "app">);
    if (told) setTimeout(() => this.lost({ link, loss: "unknown" }), REASON_TIMEOUT).unref();
    else this.lost({ link, loss: "unknown" });
    if (!this.#isKept) this.#replaceActive();
  }

  #replaceActive(): void {
    const all = [...this.#joined.values()].filter(({ channel }) => channel.listens === undefined);
    if (all.some(({ isActive }) => isActive)) return;
    for (const joined of all) this.#setActive(joined, true);
  }
}
