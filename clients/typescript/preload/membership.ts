import { ReconnectPause } from "../../../protocol/reconnect-pause.ts";
import { startTimer } from "../../../protocol/timers.ts";
import { type Joined, type JoinHooks, join } from "../worker/join.ts";
import type { WorkerOptions } from "../worker/options.ts";
import type { WorkerExchange } from "../worker/worker-exchange.ts";

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
  readonly #pause = new ReconnectPause();
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
      const since = performance.now();
      joined.keepAlive(this.#keeps);
      void joined.closed.then(() => this.#closed(joined, performance.now() - since));
      if (this.#isLeaving) await joined.leave();
    } catch (error) {
      if (!outlives) throw error;
      this.#joinLater(this.#pause.afterFailure());
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

  /** @param age - of the connection, in milliseconds */
  #closed(joined: Joined, age: number): void {
    this.#joined.delete(joined);
    if (this.#isLeaving || this.#joined.size > 0) return;
    if (!this.#options.outlives) {
      this.#options.onLost();
      return;
    }
    const pause = this.#pause.afterEnd(age);
    if (pause > 0) this.#joinLater(pause);
    else void this.join();
  }

  /** Another gateway takes the place of the one that asks. */
  #joinAgain(): Promise<void> | undefined {
    return this.#options.outlives && !this.#isLeaving ? this.join() : undefined;
  }

  #joinLater(milliseconds: number): void {
    clearTimeout(this.#retry);
    if (this.#isLeaving) return;
    this.#retry = startTimer(() => void this.join(), milliseconds);
    if (!this.#keeps) this.#retry.unref();
  }
}
