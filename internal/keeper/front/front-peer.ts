import type { RegisterAppGateway } from "../../../protocol/wire/app-gateway.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import type { RolePeer } from "../../ipc/role.ts";
import type { WorkerChannel } from "../../workers/channel.ts";

/** The keeper's connection to a gateway process. */
export class FrontPeer {
  readonly registration: RegisterAppGateway;
  /** It accepts no more connections; its workers connect to another gateway. */
  isClosing: boolean;
  readonly #peer: RolePeer;
  readonly #pings: (() => void)[] = [];

  constructor(peer: RolePeer, registration: RegisterAppGateway) {
    this.#peer = peer;
    this.registration = registration;
    this.isClosing = registration.isClosing;
  }

  send(type: string, payload: unknown): void {
    if (this.#peer.isOpen) this.#peer.writer.json(encodeMessage(type, payload));
  }

  pong(): void {
    for (const resolve of this.#pings.splice(0)) resolve();
  }

  #ping(): Promise<void> {
    this.send("Ping", null);
    return new Promise((resolve) => this.#pings.push(resolve));
  }

  /** The gateway as its supervisor sees it: it drains itself at SIGTERM. */
  get channel(): WorkerChannel {
    const { id, key, pid } = this.registration;
    return {
      ...{ id, key, pid, inFlight: 0, endedByRequest: false },
      requestsInFlight: () => [],
      setActive: () => {},
      warmUp: () => {},
      drain: async () => {},
      forceGc: () => {},
      ping: () => this.#ping(),
      close: () => this.#peer.close(),
      onClose: (listener) => this.#peer.onGone(listener),
    };
  }
}
