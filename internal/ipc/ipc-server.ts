import { createServer, type Server, type Socket } from "node:net";
import { XsysError } from "../../protocol/errors.ts";
import { startInterval, startTimer } from "../../protocol/timers.ts";
import type { HelloAnswer, HelloQuestion } from "../../protocol/wire/message.ts";
import type { Logger } from "../base/log.ts";
import type { CallStatistics } from "./call-statistics.ts";
import type { CommandRouter } from "./calls.ts";
import { type ClaimedSocket, claimSocket } from "./claim-socket.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { descriptorOf } from "./held-socket.ts";
import type { IpcLimits } from "./limits.ts";
import type { Role } from "./role.ts";

export interface IpcServerOptions {
  readonly socket: string;
  /** Descriptor of a socket that already listens. */
  readonly descriptor?: number | undefined;
  readonly router: CommandRouter;
  readonly limits: IpcLimits;
  readonly statistics: CallStatistics;
  readonly log: Logger;
  readonly hello: (question: Partial<HelloQuestion>) => HelloAnswer;
  readonly roles?: readonly Role[] | undefined;
  /** Called for each call that was answered. */
  readonly onAnswered?: () => void;
}

/** Accepts connections on a socket until `stop()` is called. */
export class IpcServer implements ConnectionOwner {
  readonly router: CommandRouter;
  readonly limits: IpcLimits;
  readonly statistics: CallStatistics;
  readonly log: Logger;
  readonly hello: (question: Partial<HelloQuestion>) => HelloAnswer;
  readonly roles: readonly Role[];
  readonly onAnswered: () => void;
  readonly #path: string;
  readonly #descriptor: number | undefined;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #claimed: ClaimedSocket | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #accepted = 0;
  #refused = 0;
  #stopped: Promise<void> | undefined;
  #onIdle: () => void = () => {};

  constructor({
    socket,
    descriptor,
    router,
    limits,
    statistics,
    log,
    hello,
    roles = [],
    onAnswered = () => {},
  }: IpcServerOptions) {
    this.#path = socket;
    this.#descriptor = descriptor;
    this.router = router;
    this.limits = limits;
    this.statistics = statistics;
    this.log = log;
    this.hello = hello;
    this.roles = roles;
    this.onAnswered = onAnswered;
    this.#server = createServer((peer) => this.#accept(peer));
  }

  get draining(): boolean {
    return this.#stopped !== undefined;
  }

  get connections(): { readonly open: number; readonly accepted: number; readonly refused: number } {
    return { open: this.#connections.size, accepted: this.#accepted, refused: this.#refused };
  }

  get callsInFlight(): number {
    let calls = 0;
    for (const connection of this.#connections) calls += connection.callsInFlight;
    return calls;
  }

  async listen(): Promise<void> {
    this.#claimed = await claimSocket(this.#server, this.#path, this.#descriptor);
    this.#server.on("error", (error) => this.log.error({ err: error }, "the listening socket failed"));
    this.#sweeper = startInterval(() => this.#sweep(), Math.min(1_000, this.limits.stallTimeout / 2)).unref();
  }

  /** Number of the listening socket in this process. */
  get descriptor(): number {
    return descriptorOf(this.#server);
  }

  /** Removes the socket file, so that nobody connects any more. Connections stay open. */
  release(): void {
    this.#claimed?.release();
  }

  /**
   * Stops accepting connections, waits for calls in flight up to the drain timeout, and closes. The socket file is
   * removed at once, so that another service can start. With `force` it does not wait; a second call may add `force`.
   */
  stop(force = false): Promise<void> {
    this.#stopped ??= this.#drain();
    if (force) for (const connection of this.#connections) connection.destroy();
    return this.#stopped;
  }

  async #drain(): Promise<void> {
    this.release();
    this.#server.close();
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    const overdue = startTimer(() => this.#closeRemaining(), this.limits.drainTimeout);
    for (const connection of this.#connections) connection.endWhenIdle();
    if (this.#connections.size > 0) await idle;
    clearTimeout(overdue);
    clearInterval(this.#sweeper);
  }

  #closeRemaining(): void {
    const calls = this.callsInFlight;
    this.log.warn({ calls }, `still ${calls} calls in flight after ${this.limits.drainTimeout} ms: closing`);
    for (const connection of this.#connections) connection.destroy();
  }

  #accept(socket: Socket): void {
    this.#accepted++;
    const connection = new Connection(socket, this, this.#accepted);
    if (this.#connections.size >= this.limits.maxConnections) {
      this.#refused++;
      connection.refuse(
        new XsysError("LIMIT_EXCEEDED", `more than ${this.limits.maxConnections} connections are open`),
      );
      return;
    }
    this.#connections.add(connection);
    socket.on("close", () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#onIdle();
    });
  }

  #sweep(): void {
    const now = Date.now();
    for (const connection of this.#connections) connection.closeIfStalled(now);
  }
}
