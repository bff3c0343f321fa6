import { closeSync } from "node:fs";
import type { ListeningSocket } from "../../protocol/wire/app-gateway.ts";
import { socketInode } from "../ipc/socket-inode.ts";
import { takeDescriptor } from "../processes/take-descriptor.ts";

/** Descriptors of a started process after the standard ones. */
const FIRST = 3;

/** The listening sockets that this process was started with, and that no app has asked for yet. */
export class ListeningSockets {
  readonly #inherited = new Map<string, number>();

  /** @param count - of those that it was started with */
  constructor(count: number) {
    for (let descriptor = FIRST; descriptor < FIRST + count; descriptor++) {
      const inode = socketInode(descriptor);
      if (inode !== undefined) this.#inherited.set(inode, descriptor);
    }
  }

  /**
   * The descriptor of a socket of the keeper, which is the caller's from now on: inherited, or else taken from the keeper.
   * @throws DENIED where the system does not allow that, and other errors of `takeDescriptor`
   */
  take({ inode, pid, start, descriptor }: ListeningSocket): number {
    const inherited = this.#inherited.get(inode);
    this.#inherited.delete(inode);
    return inherited ?? takeDescriptor({ pid, start }, descriptor);
  }

  /** Closes those that no app has asked for. */
  closeRest(): void {
    for (const descriptor of this.#inherited.values()) closeSync(descriptor);
    this.#inherited.clear();
  }
}
