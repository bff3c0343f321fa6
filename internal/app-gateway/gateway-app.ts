import { closeSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";
import type { OpenApp } from "../../protocol/wire/app-gateway.ts";
import type { Logger } from "../base/log.ts";
import { VERSION } from "../base/version.ts";
import { type OpenGateway, openGateway } from "../gateway/open-gateway.ts";
import { CallStatistics } from "../ipc/call-statistics.ts";
import { duplicate } from "../ipc/held-socket.ts";
import { IpcServer } from "../ipc/ipc-server.ts";
import { DEFAULT_LIMITS } from "../ipc/limits.ts";
import { gatewayOptions } from "./options.ts";
import { RemoteSupervisor, type Tell } from "./remote-supervisor.ts";

export interface GatewayAppDeps {
  readonly log: Logger;
  readonly tell: Tell;
  /** Called at the end of each request. */
  readonly onAnswered: () => void;
}

/** One app behind the gateway process: its workers, and its requests from one listening socket. */
export class GatewayApp {
  readonly workers: RemoteSupervisor;
  readonly #app: OpenApp;
  /** The listening socket in this process. */
  readonly #descriptor: number;
  readonly #log: Logger;
  #gateway!: OpenGateway;
  #socket!: IpcServer;
  #isAccepting = false;
  #closing: Promise<void> | undefined;

  /**
   * Resolves when workers can connect. Connections of clients are accepted when the first worker is active: until then
   * they wait in the queue of the listening socket, which the keeper holds.
   * @param descriptor - the listening socket in this process; it is closed with the app
   */
  static async open(app: OpenApp, descriptor: number, deps: GatewayAppDeps): Promise<GatewayApp> {
    const opened = new GatewayApp(app, descriptor, deps);
    await opened.#open(deps);
    return opened;
  }

  private constructor(app: OpenApp, descriptor: number, { log, tell }: GatewayAppDeps) {
    this.#app = app;
    this.#descriptor = descriptor;
    this.#log = log;
    this.workers = new RemoteSupervisor(tell, () => this.#accept());
  }

  get inode(): string {
    return this.#app.listening.inode;
  }

  /** Accepts no more connections; those that are open go on. */
  pause(): void {
    if (!this.#isAccepting) return;
    this.#isAccepting = false;
    this.#gateway.server.pause();
  }

  /**
   * Accepts no more connections, and ends when those that are open are answered. The workers connect to the gateway that
   * takes the place of this one, if there is one.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #open({ onAnswered }: GatewayAppDeps): Promise<void> {
    const { listening, socket, link } = this.#app;
    this.#gateway = await openGateway(gatewayOptions(listening), {
      log: this.#log,
      maxFrame: DEFAULT_LIMITS.maxFrame,
      workers: () => ({ wanted: 0, restarts: 0, states: {}, memory: [] }), // only the status pages show them
      onAnswered,
    });
    this.#gateway.pool.source = this.workers;
    this.#socket = this.#createWorkerSocket(socket);
    try {
      await this.#socket.listen();
      pointTo(link, socket);
    } catch (error) {
      this.#gateway.close();
      this.#socket.release();
      throw error;
    }
  }

  #accept(): void {
    if (this.#isAccepting || this.#closing !== undefined) return;
    this.#isAccepting = true;
    const failed = (error: unknown) => {
      this.#isAccepting = false;
      this.#log.error({ err: error }, "connections cannot be accepted");
    };
    try {
      this.#gateway.server.listenOn(duplicate(this.#descriptor)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  async #close(): Promise<void> {
    this.#socket.release();
    closeSync(this.#descriptor);
    this.workers.sendAway();
    await this.#gateway.drain(this.#app.drainTimeout);
    this.#gateway.close();
    await this.#socket.stop(true);
  }

  #createWorkerSocket(socket: string): IpcServer {
    return new IpcServer({
      socket,
      router: { call: refuseCall },
      limits: DEFAULT_LIMITS,
      statistics: new CallStatistics(() => false),
      log: this.#log,
      hello: () => ({ protocol: 1, version: VERSION, pid: process.pid, limits: NO_LIMITS, commands: [] }),
      roles: [this.#gateway.pool],
    });
  }
}

function refuseCall(): never {
  throw new XsysError("UNSUPPORTED", "the gateway of apps runs no commands");
}

/** Replaces a symbolic link atomically. */
function pointTo(link: string, target: string): void {
  const next = `${link}.${process.pid}`;
  rmSync(next, { force: true });
  symlinkSync(target, next);
  renameSync(next, link);
}

const NO_LIMITS = { frame: DEFAULT_LIMITS.maxFrame, inflight: 0, connections: DEFAULT_LIMITS.maxConnections };
