import type {
  AppWorkerGone,
  AppWorkerJoined,
  CloneListens,
  OfLink,
  OpenApp,
} from "../../../protocol/wire/app-gateway.ts";
import type { Logger } from "../../base/log.ts";
import type { Supervisor } from "../../cluster/supervisor.ts";
import type { Loss } from "../../workers/loss.ts";
import type { FrontPeer } from "./front-peer.ts";
import { FrontWorker } from "./front-worker.ts";

/** What an app's clones and its gateways know each other by. */
export type AppFrontOptions = Omit<OpenApp, "socket"> & { readonly log: Logger };

/** Number of processes whose refusal is logged. */
const MAX_REFUSED = 100;

/**
 * The place of an app behind the gateway: brings together the workers that the gateways report and the supervisors of the
 * app, of which there are two while one version replaces another.
 */
export class AppFront {
  readonly options: AppFrontOptions;
  /** Why the gateway does not take its requests. */
  fault: string | undefined;
  readonly #supervisors = new Set<Supervisor>();
  readonly #gateways = new Set<FrontPeer>();
  /** Of gateways that have yet to answer `DrainApp`. */
  readonly #onDrained = new Map<FrontPeer, () => void>();
  readonly #workers = new Map<string, FrontWorker>();
  readonly #whyLost = new WeakMap<FrontWorker, Promise<Loss>>();
  /** Clones that listen on ports of their own, by key. */
  readonly #listening = new Map<string, Omit<CloneListens, "app">>();
  readonly #onClose: () => void;
  #onUnused: () => void = () => {};
  /** Keys of processes whose refusal was logged. */
  readonly #refused = new Set<string>();
  #lastExpected = "";

  constructor(options: AppFrontOptions, onClose: () => void) {
    this.options = options;
    this.#onClose = onClose;
  }

  /** Symbolic link to the socket to which the clones connect. */
  get socket(): string {
    return this.options.link;
  }

  /** Why its servers accept connections themselves, if they do. */
  get listens(): string | undefined {
    const reasons = [...this.#workers.values()].map(({ listens }) => listens);
    return reasons.every((each) => each !== undefined) ? reasons[0] : undefined;
  }

  /** Calls the listener when no clone is connected to it any more. */
  whenUnused(listener: () => void): void {
    if (this.#workers.size === 0) listener();
    else this.#onUnused = listener;
  }

  attach(supervisor: Supervisor): void {
    this.#supervisors.add(supervisor);
    this.changed();
  }

  detach(supervisor: Supervisor): void {
    this.#supervisors.delete(supervisor);
    this.changed();
  }

  /** The clones have changed: tells the gateways whether requests should wait for one. */
  changed(): void {
    const all = [...this.#supervisors];
    const expected = {
      expected: all.some(({ expectsWorker }) => expectsWorker),
      pending: all.reduce((sum, { pending }) => sum + pending, 0),
    };
    const text = JSON.stringify(expected);
    if (text === this.#lastExpected) return;
    this.#lastExpected = text;
    this.#broadcast("AppWorkersExpected", expected);
  }

  /** A gateway has opened the app. */
  opened(gateway: FrontPeer): void {
    this.fault = undefined;
    this.#gateways.add(gateway);
    this.#lastExpected = "";
    this.changed();
    for (const listens of this.#listening.values()) {
      gateway.send("CloneListens", { app: this.options.app, ...listens } satisfies CloneListens);
    }
  }

  /** A clone listens on a port of its own. */
  cloneListens(listens: Omit<CloneListens, "app">): void {
    this.#listening.set(listens.key, listens);
    this.#broadcast("CloneListens", listens);
  }

  /** The clone with this key has ended. */
  cloneEnded(key: string): void {
    this.#listening.delete(key);
  }

  gatewayGone(gateway: FrontPeer): void {
    this.#gateways.delete(gateway);
    this.drained(gateway);
    for (const worker of this.#workers.values()) worker.gatewayGone(gateway);
  }

  joined(gateway: FrontPeer, joined: AppWorkerJoined): void {
    const { key, link } = joined;
    const known = this.#workers.get(key);
    if (known?.has(gateway, link)) return;
    if (known !== undefined && known.pid !== joined.pid) {
      this.#refuse(gateway, joined, "another process of the clone serves already");
      return;
    }
    const worker = known ?? new FrontWorker(joined);
    // Adopted first: a standby that the gateway has given work, without a keeper, must not lose it for a moment.
    if (known === undefined && !this.#adopt(worker)) {
      this.#refuse(gateway, joined, "it is no clone of the app");
      return;
    }
    worker.joined(gateway, link);
    this.#pauseIfUnused();
  }

  gone(gateway: FrontPeer, gone: AppWorkerGone): void {
    const { link } = gone;
    const worker = this.#workerAt(gateway, link);
    if (worker === undefined) return;
    void this.#whyLost.get(worker)?.then((loss) => {
      gateway.send("WorkerLost", { app: this.options.app, link, loss });
    });
    worker.gone(gateway, gone);
    this.#pauseIfUnused();
  }

  idle(gateway: FrontPeer, { link }: OfLink): void {
    this.#workerAt(gateway, link)?.idle(gateway, link);
  }

  /** The gateways accept no more connections for it. */
  pause(): void {
    this.#broadcast("PauseApp", {});
  }

  /** Another front takes its place: the gateways answer the requests that they have. Its clones must stay until then. */
  async drain(): Promise<void> {
    const all = [...this.#gateways].map(
      (gateway) => new Promise<void>((resolve) => this.#onDrained.set(gateway, resolve)),
    );
    this.#broadcast("DrainApp", {});
    await Promise.all(all);
  }

  /** A gateway has answered its requests. */
  drained(gateway: FrontPeer): void {
    this.#onDrained.get(gateway)?.();
    this.#onDrained.delete(gateway);
  }

  close(): void {
    this.#broadcast("CloseApp", {});
    this.#onClose();
  }

  /** Returns false if it is no process of the app. */
  #adopt(worker: FrontWorker): boolean {
    for (const supervisor of this.#supervisors) {
      const whyLost = supervisor.adopt(worker);
      if (whyLost === undefined) continue;
      this.#workers.set(worker.key, worker);
      this.#whyLost.set(worker, whyLost);
      worker.onClose(() => {
        this.#workers.delete(worker.key);
        if (this.#workers.size === 0) this.#onUnused();
      });
      return true;
    }
    return false;
  }

  #refuse(gateway: FrontPeer, { link, key, id, pid }: AppWorkerJoined, why: string): void {
    gateway.send("CloseWorker", { app: this.options.app, link });
    if (this.#refused.size >= MAX_REFUSED || this.#refused.has(key)) return; // it tries again
    this.#refused.add(key);
    this.options.log.warn({ worker: id, pid }, `a process was refused as a worker: ${why}`);
  }

  #workerAt(gateway: FrontPeer, link: number): FrontWorker | undefined {
    for (const worker of this.#workers.values()) if (worker.has(gateway, link)) return worker;
    return undefined;
  }

  /** All clones accept connections themselves: the gateway must not take any from them. */
  #pauseIfUnused(): void {
    if (this.#workers.size > 0 && this.listens !== undefined) this.pause();
  }

  #broadcast(type: string, payload: object): void {
    for (const gateway of this.#gateways) gateway.send(type, { app: this.options.app, ...payload });
  }
}
