import { connect } from "node:net";
import type { GatewaysPayload } from "../../../protocol/wire/worker.ts";
import { WorkerLink, type WorkerLinkOwner } from "./worker-link.ts";

/** Registers the worker on a connection. */
type Register = (link: WorkerLink, registration: { readonly key: string }) => void;

/** A worker's connections to the gateway processes of its service. */
export class JoinedGateways {
  readonly #owner: Pick<WorkerLinkOwner, "take" | "onError">;
  readonly #register: Register;
  /** By the id of the gateway. */
  readonly #links = new Map<string, WorkerLink>();
  #isClosed = false;
  #isTold = false;

  constructor(owner: Pick<WorkerLinkOwner, "take" | "onError">, register: Register) {
    this.#owner = owner;
    this.#register = register;
  }

  get links(): readonly WorkerLink[] {
    return [...this.#links.values()];
  }

  /** Connects to the gateways that are new in the list. Those that have ended close their connections themselves. */
  update({ key, gateways }: GatewaysPayload): void {
    this.#isTold = true;
    for (const { id, socket } of gateways) if (!this.#links.has(id)) this.#connect(id, socket, key);
  }

  /**
   * Connects to no more gateways. Returns the connections on which requests arrive; undefined if the service has no
   * gateway processes.
   */
  leave(): readonly WorkerLink[] | undefined {
    this.#isClosed = true;
    return this.#isTold ? this.links : undefined;
  }

  close(): void {
    this.#isClosed = true;
    for (const link of this.#links.values()) link.close();
  }

  /** A failed connection is not reported: the gateway has just ended, or the service sends the list again. */
  #connect(id: string, path: string, key: string): void {
    if (this.#isClosed) return;
    const socket = connect(path);
    const link = new WorkerLink(socket, this.#owner);
    this.#links.set(id, link);
    void link.closed.then(() => this.#links.delete(id));
    socket.once("connect", () => this.#register(link, { key }));
  }
}
