import { closeSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";
import type { CloneListens, OpenApp } from "../../protocol/wire/app-gateway.ts";
import type { Logger } from "../base/log.ts";
import { VERSION } from "../base/version.ts";
import { type OpenGateway, openGateway } from "../gateway/open-gateway.ts";
import { CallStatistics } from "../ipc/call-statistics.ts";
import { duplicate } from "../ipc/held-socket.ts";
import { IpcServer } from "../ipc/ipc-server.ts";
import { DEFAULT_LIMITS } from "../ipc/limits.ts";
import { RECONNECT_WAIT } from "../workers/worker-pool.ts";
import { gatewayOptions, QUEUE_TIMEOUT } from "./options.ts";
import { ProxiedClone } from "./proxied-clone.ts";
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
  /** To which workers connect; undefined for an app whose clones listen themselves. */
  #socket: IpcServer | undefined;
  /** By key. */
  readonly #proxied = new Map<string, ProxiedClone>();
  #isAccepting = false;
  #draining: Promise<void> | undefined;
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

  /** A clone can be reached at a URL. @throws INVALID_PARAMS */
  cloneListens(listens: CloneListens): void {
    const { key } = listens;
    const { upstreams } = this.#gateway;
    if (upstreams === undefined || this.#closing !== undefined || this.#proxied.has(key)) return;
    const clone = new ProxiedClone(listens, upstreams.upstreams, this.#log);
    this.#proxied.set(key, clone);
    clone.onClose(() => this.#proxied.delete(key));
    clone.whyLost = this.workers.adopt(clone);
  }

  /** Accepts no more connections; those that are open go on. */
  pause(): void {
    if (!this.#isAccepting) return;
    this.#isAccepting = false;
    this.#gateway.server.pause();
  }

  /** Accepts no more connections; resolves when the requests on those that are open are answered. */
  drain(): Promise<void> {
    this.#draining ??= this.#gateway.drain(this.#app.drainTimeout);
    return this.#draining;
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
    const { listening, isProxied } = this.#app;
    const waitLimit = () => (this.workers.expectsWorker ? QUEUE_TIMEOUT : RECONNECT_WAIT);
    this.#gateway = await openGateway(gatewayOptions(listening, isProxied ? waitLimit : undefined), {
      log: this.#log,
      maxFrame: DEFAULT_LIMITS.maxFrame,
      workers: () => ({ wanted: 0, restarts: 0, states: {}, memory: [] }), // only the status pages show them
      onAnswered,
    });
    if (!isProxied) await this.#openToWorkers();
  }

  async #openToWorkers(): Promise<void> {
    const { socket, link } = this.#app;
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
    if (this.#isAccepting || this.#draining !== undefined || this.#closing !== undefined) return;
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
    this.#socket?.release();
    closeSync(this.#descriptor);
    this.workers.sendAway();
    await this.drain();
    for (const clone of this.#proxied.values()) clone.close();
    this.#gateway.close();
    await this.#socket?.stop(true);
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
