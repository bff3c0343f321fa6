import { type Joined, type JoinHooks, join } from "../worker/join.ts";
import type { WorkerOptions } from "../worker/options.ts";
import type { WorkerExchange } from "../worker/worker-exchange.ts";

/** Milliseconds until the next attempt to connect to the next gateway. */
const RETRY = 20;

export interface MembershipOptions extends Omit<JoinHooks, "onJoinAgain"> {
  readonly worker: Omit<WorkerOptions, "socket">;
  /** Finds the socket to connect to; called until it has succeeded once. If it fails, so does `join`. */
  readonly locate: () => string | Promise<string>;
  /** The gateway may be replaced: when its connection has ended, the worker connects to the next one. */
  readonly outlives: boolean;
  /** Called when the connection has ended, and there is to be no other one. */
  onLost(): void;
}

/** A worker's place behind the gateway. While one gateway replaces another, it has a connection to each. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #take: (exchange: WorkerExchange) => void;
  readonly #joined = new Set<Joined>();
  #keeps = true;
  #socket: string | undefined;
  #isLeaving = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: MembershipOptions, take: (exchange: WorkerExchange) => void) {
    this.#options = options;
    this.#take = take;
  }

  /** @throws UNAVAILABLE when it cannot connect, unless it tries again by itself. */
  async join(): Promise<void> {
    const { worker, outlives, identity, locate } = this.#options;
    this.#socket ??= await locate();
    try {
      const hooks = { identity, onJoinAgain: () => void this.#joinAgain() };
      const joined = await join({ ...worker, socket: this.#socket }, this.#take, hooks);
      this.#joined.add(joined);
      joined.keepAlive(this.#keeps);
      void joined.closed.then(() => this.#closed(joined));
      if (this.#isLeaving) await joined.leave();
    } catch (error) {
      if (!outlives) throw error;
      this.#joinLater();
    }
  }

  keepAlive(keeps: boolean): void {
    this.#keeps = keeps;
    for (const joined of this.#joined) joined.keepAlive(keeps);
    if (keeps) this.#retry?.ref();
    else this.#retry?.unref();
  }

  abort(reason: string): void {
    for (const joined of this.#joined) joined.abort(reason);
  }

  /** Gets no more requests; resolves when those in progress are answered, and all connections are closed. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    clearTimeout(this.#retry);
    await Promise.all([...this.#joined].map((joined) => joined.leave()));
  }

  #closed(joined: Joined): void {
    this.#joined.delete(joined);
    if (this.#isLeaving || this.#joined.size > 0) return;
    if (this.#options.outlives) void this.join();
    else this.#options.onLost();
  }

  /** Another gateway takes the place of the one that asks. */
  #joinAgain(): Promise<void> | undefined {
    return this.#options.outlives && !this.#isLeaving ? this.join() : undefined;
  }

  #joinLater(): void {
    clearTimeout(this.#retry);
    if (this.#isLeaving) return;
    this.#retry = setTimeout(() => void this.join(), RETRY);
    if (!this.#keeps) this.#retry.unref();
  }
}
