import { ReconnectPause } from "../../protocol/reconnect-pause.ts";
import { startTimer } from "../../protocol/timers.ts";
import type { RegisterAppGateway } from "../../protocol/wire/app-gateway.ts";
import type { Message } from "../../protocol/wire/message.ts";
import { ServiceLink } from "../ipc/service-link.ts";

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
  readonly #pause = new ReconnectPause();
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
    let since: number | undefined;
    try {
      const link = await ServiceLink.connect(this.#socket);
      link.onMessage = (message) => this.#owner.message(message);
      link.send("RegisterAppGateway", {
        ...this.#registration,
        isClosing: this.#isClosing,
      } satisfies RegisterAppGateway);
      this.#link = link;
      this.#owner.connected();
      since = performance.now();
      await link.ended;
      this.#link = undefined;
      this.#owner.disconnected();
    } catch {
      // no keeper listens
    }
    const pause = since === undefined ? this.#pause.afterFailure() : this.#pause.afterEnd(performance.now() - since);
    if (!this.#isClosed) this.#timer = startTimer(() => void this.#connect(), pause);
  }
}
