import { startTimer } from "../../../protocol/timers.ts";
import type { AppWorkerGone, AppWorkerJoined } from "../../../protocol/wire/app-gateway.ts";
import type { RequestInFlight, WorkerChannel } from "../../workers/channel.ts";
import type { FrontPeer } from "./front-peer.ts";

/** Milliseconds that a worker has to connect to the next gateway, or to listen again. */
const REJOIN_TIMEOUT = 10_000;
/** Milliseconds that a gateway has to say which requests a worker had when its connection was closed. */
const LAST_WORDS = 500;

/** A worker's connection to a gateway process. */
interface Link {
  readonly gateway: FrontPeer;
  readonly number: number;
  /** Resolves the drains that wait for it. */
  readonly idle: PromiseWithResolvers<void>;
}

/**
 * A clone that gets its requests from the gateway, as its supervisor sees it. It has one connection; two while one gateway
 * replaces another, and none for a moment when a gateway was killed.
 */
export class FrontWorker implements WorkerChannel {
  readonly id: string;
  readonly key: string;
  readonly pid: number | undefined;
  /** Why it accepts connections itself; undefined if the gateway does. */
  readonly listens: string | undefined;
  readonly #app: string;
  readonly #links: Link[] = [];
  readonly #onClose: ((reason?: string) => void)[] = [];
  #isActive = false;
  /** It is asked for these paths while it waits for work. */
  #warmUp: readonly string[] = [];
  /** At its loss. */
  #last: Pick<AppWorkerGone, "inFlight" | "endedByRequest" | "requests"> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosing = false;
  #isClosed = false;

  constructor({ app, id, key, pid, listens }: AppWorkerJoined) {
    this.#app = app;
    this.id = id;
    this.key = key;
    this.pid = pid;
    this.listens = listens;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get inFlight(): number {
    return this.#last?.inFlight ?? 0;
  }

  get endedByRequest(): boolean {
    return this.#last?.endedByRequest ?? false;
  }

  requestsInFlight(limit: number): readonly RequestInFlight[] {
    return this.#last?.requests.slice(0, limit) ?? [];
  }

  has(gateway: FrontPeer, number: number): boolean {
    return this.#links.some((link) => link.gateway === gateway && link.number === number);
  }

  joined(gateway: FrontPeer, number: number): void {
    clearTimeout(this.#timer);
    const link = { gateway, number, idle: Promise.withResolvers<void>() };
    this.#links.push(link);
    // Also if it is inactive: without a keeper, the gateway may have decided otherwise.
    this.#send(link, "SetActive", { active: this.#isActive });
    this.#sendWarmUp(link);
  }

  /** The gateway reports that its connection was closed. */
  gone(gateway: FrontPeer, { link: number, reason, hasLeft, ...last }: AppWorkerGone): void {
    this.#remove((link) => link.gateway === gateway && link.number === number);
    if (this.#links.length > 0) return;
    this.#last = last;
    if (!this.#isClosing && (gateway.isClosing || hasLeft)) this.#awaitNext();
    else this.#close(reason);
  }

  /** The gateway itself has ended: the worker connects to the next one. */
  gatewayGone(gateway: FrontPeer): void {
    const before = this.#links.length;
    this.#remove((link) => link.gateway === gateway);
    if (before === 0 || this.#links.length > 0) return;
    if (this.#isClosing) this.#close();
    else this.#awaitNext();
  }

  #awaitNext(): void {
    if (!this.#isClosed) this.#timer = startTimer(() => this.#close(), REJOIN_TIMEOUT);
  }

  /** It has no request on this connection. */
  idle(gateway: FrontPeer, number: number): void {
    for (const link of this.#links) if (link.gateway === gateway && link.number === number) link.idle.resolve();
  }

  setActive(active: boolean): void {
    this.#isActive = active && this.listens === undefined;
    this.#warmUp = [];
    this.#sendAll("SetActive", { active: this.#isActive });
  }

  warmUp(paths: readonly string[] = []): void {
    this.#warmUp = paths;
    for (const link of this.#links) this.#sendWarmUp(link);
  }

  async drain(): Promise<void> {
    this.#isActive = false;
    this.#sendAll("DrainWorker");
    await Promise.all(this.#links.map(({ idle }) => idle.promise));
  }

  forceGc(): void {}

  /** The gateway asks no worker of an app for signs of life: an app may be busy for any time. */
  ping(): Promise<void> {
    return Promise.resolve();
  }

  /** Its gateways answer with the requests that it had: the keeper often sees the end of a process before they do. */
  close(): void {
    if (this.#isClosed || this.#isClosing) return;
    this.#isClosing = true;
    clearTimeout(this.#timer);
    this.#sendAll("CloseWorker");
    if (this.#links.length === 0) this.#close();
    else this.#timer = startTimer(() => this.#close(), LAST_WORDS);
  }

  onClose(listener: (reason?: string) => void): void {
    if (this.#isClosed) listener();
    else this.#onClose.push(listener);
  }

  #close(reason?: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#remove(() => true);
    for (const listener of this.#onClose.splice(0)) listener(reason);
  }

  #remove(isGone: (link: Link) => boolean): void {
    const kept = this.#links.filter((link) => !isGone(link));
    for (const { idle } of this.#links.filter(isGone)) idle.resolve();
    this.#links.splice(0, this.#links.length, ...kept);
  }

  #sendWarmUp(link: Link): void {
    if (this.#warmUp.length > 0) this.#send(link, "WarmUp", { paths: this.#warmUp });
  }

  #sendAll(type: string, payload: object = {}): void {
    for (const link of this.#links) this.#send(link, type, payload);
  }

  #send({ gateway, number }: Link, type: string, payload: object = {}): void {
    gateway.send(type, { app: this.#app, link: number, ...payload });
  }
}
