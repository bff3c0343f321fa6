import type { RolePeer } from "../ipc/role.ts";

/** Unread bytes per worker above which nothing more is sent. */
const MAX_UNSENT = 16 * 1024 * 1024;

/**
 * Back pressure per worker: bodies pause while too many bytes are unread. Credit per stream does not bound their sum,
 * because many small credits add up.
 */
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

  /** Resolves when there is room, or when the worker has disconnected. */
  async room(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Resumes paused bodies if there is room. Must be called periodically. */
  resume(): void {
    if (this.#waiting.length === 0 || this.isFull) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** The worker has disconnected. */
  close(): void {
    this.#isClosed = true;
    this.resume();
  }
}
