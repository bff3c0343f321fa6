import type { RolePeer } from "../ipc/role.ts";

/** Bytes that a worker may leave unread before it is given no more. */
const MAX_UNSENT = 16 * 1024 * 1024;

/** What a worker was sent and has not read. Bodies wait while it is too much: many small credits are a large one. */
export class Backlog {
  readonly #peer: RolePeer;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(peer: RolePeer) {
    this.#peer = peer;
  }

  get isFull(): boolean {
    return !this.#isClosed && this.#peer.unsent > MAX_UNSENT;
  }

  /** Resolves when there is room, or the worker is gone. */
  async room(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** To be called from time to time: lets bodies go on that wait for room. */
  resume(): void {
    if (this.#waiting.length === 0 || this.isFull) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** The worker is gone. */
  close(): void {
    this.#isClosed = true;
    this.resume();
  }
}
