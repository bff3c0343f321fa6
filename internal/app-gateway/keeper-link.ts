import { startTimer } from "../../protocol/timers.ts";
import type { RegisterAppGateway } from "../../protocol/wire/app-gateway.ts";
import type { Message } from "../../protocol/wire/message.ts";
import { ServiceLink } from "../ipc/service-link.ts";

/** Milliseconds between two attempts to connect; the most after connections that were ended at once. */
const RETRY = 20;
const LONGEST_RETRY = 1_000;
/** Milliseconds after which a connection was not refused. */
const ACCEPTED_AFTER = 1_000;

/** The callbacks of a KeeperLink. */
export interface KeeperLinkOwner {
  /** A keeper is there. */
  connected(): void;
  /** It has ended, or has refused this gateway. */
  disconnected(): void;
  message(message: Message): void;
}

/** The gateway's connection to the keeper: when a keeper has ended, to the next one. */
export class KeeperLink {
  readonly #socket: string;
  readonly #registration: Omit<RegisterAppGateway, "isClosing">;
  readonly #owner: KeeperLinkOwner;
  #link: ServiceLink | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = RETRY;
  #isClosing = false;
  #isClosed = false;

  constructor(socket: string, registration: Omit<RegisterAppGateway, "isClosing">, owner: KeeperLinkOwner) {
    this.#socket = socket;
    this.#registration = registration;
    this.#owner = owner;
  }

  /** Connects, and connects again whenever the connection has ended. */
  open(): void {
    void this.#connect();
  }

  /** Returns false if there is no keeper. */
  send(type: string, payload: unknown): boolean {
    this.#link?.send(type, payload);
    return this.#link !== undefined;
  }

  /** Tells this and all further keepers that the gateway is about to end. */
  closing(): void {
    this.#isClosing = true;
    this.send("Closing", null);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#link?.flush();
  }

  async #connect(): Promise<void> {
    let isRefused = false;
    try {
      const link = await ServiceLink.connect(this.#socket);
      link.onMessage = (message) => this.#owner.message(message);
      link.send("RegisterAppGateway", {
        ...this.#registration,
        isClosing: this.#isClosing,
      } satisfies RegisterAppGateway);
      this.#link = link;
      this.#owner.connected();
      const since = performance.now();
      await link.ended;
      isRefused = performance.now() - since < ACCEPTED_AFTER;
      this.#link = undefined;
      this.#owner.disconnected();
    } catch {
      // no keeper listens
    }
    this.#pause = isRefused ? Math.min(2 * this.#pause, LONGEST_RETRY) : RETRY;
    if (!this.#isClosed) this.#timer = startTimer(() => void this.#connect(), this.#pause);
  }
}
