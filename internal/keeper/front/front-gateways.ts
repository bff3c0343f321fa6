import { globSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import {
  APP_GATEWAY_DESCRIPTORS,
  APP_GATEWAY_SOCKET,
  type AppFailed,
  type AppWorkerGone,
  type AppWorkerJoined,
  type KnownApps,
  type OfApp,
  type OfLink,
  type OpenApp,
  type RegisterAppGateway,
} from "../../../protocol/wire/app-gateway.ts";
import type { Message } from "../../../protocol/wire/message.ts";
import type { Logger } from "../../base/log.ts";
import { VERSION } from "../../base/version.ts";
import { Supervisor } from "../../cluster/supervisor.ts";
import type { Role, RoleInbox, RolePeer } from "../../ipc/role.ts";
import type { ExitWatch } from "../../processes/exit-watch.ts";
import { identityOf, type ProcessIdentity } from "../../processes/identity.ts";
import { signalIdentity } from "../../processes/signal-identity.ts";
import { Clones } from "../clones.ts";
import type { KeeperFolders } from "../folders.ts";
import { LogWriter } from "../log/log-writer.ts";
import type { MarkedProcess } from "../marked-processes.ts";
import type { Port } from "../port.ts";
import type { RunningClone } from "../running-state.ts";
import { Turns } from "../turns.ts";
import { AppFront } from "./app-front.ts";
import { FrontPeer } from "./front-peer.ts";
import { GATEWAY, gatewayCloneOptions, gatewaySpec } from "./gateway-spec.ts";
import { shortHash } from "./short-hash.ts";

export interface FrontGatewaysDeps {
  readonly folders: KeeperFolders;
  readonly log: Logger;
  readonly exits: ExitWatch;
  /** Program and arguments of a gateway process. */
  readonly command: readonly [string, ...string[]];
}

/** Where an app is reached. */
export interface FrontAddress {
  readonly app: string;
  readonly host: string;
  readonly port: number;
  /** How long requests may take to finish when it is closed. */
  readonly drainTimeout: number;
  /** Its clones listen on ports of their own. */
  readonly isProxied: boolean;
}

/** Of the gateway's own log. */
const LOG_LIMITS = { maxSize: 10 * 1024 ** 2, maxFiles: 1 };

/** Bytes of a socket's path, unix(7). */
const MAX_SOCKET_PATH = 107;

/** Milliseconds in which a gateway that an earlier keeper has started must connect to this one. */
const CONNECTS_WITHIN = 5_000;

const MESSAGES: ReadonlySet<string> = new Set([
  "AppOpened",
  "AppFailed",
  "AppDrained",
  "WorkerJoined",
  "WorkerGone",
  "WorkerIdle",
  "Closing",
  "Pong",
]);

/** The gateway process in front of the apps: starts it with the first app, takes its connection, and tells it the apps. */
export class FrontGateways implements Role {
  readonly takenBy = "RegisterAppGateway";
  readonly #deps: FrontGatewaysDeps;
  readonly #fronts = new Map<string, AppFront>();
  /** Connected gateways, with the ids of the apps that they have yet to open. */
  readonly #peers = new Map<FrontPeer, Set<string>>();
  readonly #turns = new Turns();
  /** Apps for which a gateway was started anew, because the system does not let it take their listening sockets. */
  readonly #handedDown = new Set<string>();
  #supervisor: Supervisor | undefined;
  #clones: Clones | undefined;
  #isResumed = false;

  constructor(deps: FrontGatewaysDeps) {
    this.#deps = deps;
  }

  /** Takes over the gateway of an earlier keeper. Returns the processes that may have the listening sockets of apps. */
  resume(marked: readonly MarkedProcess[]): readonly ProcessIdentity[] {
    const own = marked.filter(({ app }) => app === GATEWAY);
    if (own.length === 0) return [];
    const { clones: found } = this.#cloneState.running(own, gatewaySpec(this.#deps.command).killTimeout);
    if (found.length > 0) this.#start(found);
    setTimeout(() => this.#replaceSilent(found), CONNECTS_WITHIN).unref();
    return found;
  }

  /** All apps of the earlier keeper are there: the gateway closes others. */
  resumed(): void {
    this.#isResumed = true;
    for (const peer of this.#peers.keys()) this.#tellKnown(peer);
    this.#removeFolders();
  }

  /** Opens the front of an app on a listening socket of this process. */
  open({ app, host, port, drainTimeout, isProxied }: FrontAddress, { descriptor, inode }: Port): AppFront {
    const id = `${app} ${host}:${port}${isProxied ? " proxy" : ""}`;
    const own = identityOf(process.pid) ?? { pid: process.pid, start: 0 };
    this.#refuseLongPath();
    const options = {
      ...{ app: id, link: join(this.#deps.folders.run, `w-${shortHash(id)}`), drainTimeout, isProxied },
      listening: { host, port, inode, descriptor, ...own },
      log: this.#deps.log.child({ app }),
    };
    const front = new AppFront(options, () => {
      if (this.#fronts.get(id) !== front) return;
      this.#fronts.delete(id);
      rmSync(options.link, { force: true });
      if (this.#fronts.size === 0) void this.end();
    });
    this.#fronts.set(id, front);
    this.#start();
    for (const peer of this.#peers.keys()) this.#tellOpen(peer, front);
    return front;
  }

  /** @throws DENIED for a process that was not started by a keeper of this state folder; UNSUPPORTED for another version */
  admit(peer: RolePeer, registration: unknown): RoleInbox {
    const checked = registration as RegisterAppGateway;
    const { id, key, version } = checked;
    if (this.#supervisor?.expects(String(id), String(key)) !== true) {
      throw new XsysError("DENIED", "this keeper has started no gateway with this key");
    }
    if (version !== VERSION) {
      void this.#replace(key);
      throw new XsysError(
        "UNSUPPORTED",
        `the gateway has version ${version}, and the keeper ${VERSION}: it is replaced`,
      );
    }
    const gateway = new FrontPeer(peer, checked);
    peer.onGone(() => this.#gone(gateway));
    const told = [...this.#fronts.values()].filter((front) => this.#tellOpen(gateway, front));
    this.#peers.set(gateway, new Set(told.map(({ options }) => options.app)));
    if (this.#isResumed) this.#tellKnown(gateway);
    this.#adoptIfOpen(gateway);
    return {
      takes: MESSAGES,
      message: (message) => this.#take(gateway, message),
      xbpResponse: () => {},
      chunk: () => {},
    };
  }

  /** Puts a new gateway process in the place of the one that runs, which finishes its requests. */
  replace(): Promise<void> {
    return this.#replace();
  }

  /** Process ids, for the status. */
  get pids(): readonly number[] {
    const members = this.#supervisor?.members ?? [];
    return members.flatMap(({ processes }) => processes.flatMap(({ pid }) => pid ?? []));
  }

  /** Waits for a replacement in progress. */
  pause(): Promise<void> {
    return this.#turns.stop();
  }

  /** Ends the gateway process, when it has answered the requests in progress. */
  async end(): Promise<void> {
    const supervisor = this.#supervisor;
    this.#supervisor = undefined;
    if (supervisor === undefined) return;
    for (const gateway of this.#peers.keys()) gateway.isClosing = true;
    await supervisor.stop();
    this.#clones?.exclude(supervisor);
  }

  #start(found: readonly RunningClone[] = []): void {
    if (this.#supervisor !== undefined) return;
    const { command, log } = this.#deps;
    const spec = gatewaySpec(command);
    const clones = this.#cloneState;
    const options = gatewayCloneOptions(spec, this.#deps.folders.state, {
      descriptors: () => this.#descriptors,
      env: () => ({
        [APP_GATEWAY_SOCKET]: this.#deps.folders.socket,
        [APP_GATEWAY_DESCRIPTORS]: String(this.#descriptors.length),
      }),
    });
    const supervisor = new Supervisor(options, {
      log,
      starter: clones.starter(spec, options),
      onChange: () => clones.save(),
    });
    this.#supervisor = supervisor;
    clones.include(supervisor);
    clones.takeOver(supervisor, spec, { clones: found });
    supervisor.start();
  }

  get #cloneState(): Clones {
    const { folders, log, exits } = this.#deps;
    this.#clones ??= new Clones({
      log,
      exits,
      folder: join(folders.run, "gateway"),
      writer: new LogWriter({ folder: join(folders.state, "gateway"), name: "gateway", ...LOG_LIMITS }),
    });
    return this.#clones;
  }

  get #descriptors(): readonly number[] {
    return [...this.#fronts.values()].map(({ options }) => options.listening.descriptor);
  }

  #take(gateway: FrontPeer, { type, payload }: Message): void {
    if (type === "Closing") gateway.isClosing = true;
    if (type === "Pong") gateway.pong();
    if (type === "Closing" || type === "Pong") return;
    const { app: id } = payload as OfApp;
    const front = this.#fronts.get(id);
    if (type === "AppOpened" || type === "AppFailed") {
      if (type === "AppOpened") front?.opened(gateway);
      else if (front !== undefined) this.#failed(front, payload as AppFailed);
      if (this.#peers.get(gateway)?.delete(id)) this.#adoptIfOpen(gateway);
    } else if (front === undefined)
      return; // it was closed meanwhile
    else if (type === "AppDrained") front.drained(gateway);
    else if (type === "WorkerJoined") front.joined(gateway, payload as AppWorkerJoined);
    else if (type === "WorkerGone") front.gone(gateway, payload as AppWorkerGone);
    else if (type === "WorkerIdle") front.idle(gateway, payload as OfLink);
  }

  /** A gateway is ready, and may replace another one, when all apps are open there. */
  #adoptIfOpen(gateway: FrontPeer): void {
    if (this.#peers.get(gateway)?.size === 0) void this.#supervisor?.adopt(gateway.channel);
  }

  #gone(gateway: FrontPeer): void {
    this.#peers.delete(gateway);
    for (const front of this.#fronts.values()) front.gatewayGone(gateway);
    this.#removeFolders();
  }

  /** A gateway that is started now inherits the listening sockets of all apps. */
  #failed(front: AppFront, { code, message }: AppFailed): void {
    const { app, log } = front.options;
    if (code === "INTERNAL" || this.#handedDown.has(app)) {
      front.fault = `the gateway does not take its requests: ${message}`;
      log.error({ code }, front.fault);
      return;
    }
    this.#handedDown.add(app);
    log.warn({ code, reason: message }, "the gateway is replaced by one that inherits the listening socket");
    void this.#replace();
  }

  /** @param key - of the process that is to be replaced, unless another one is there already; absent for any */
  #replace(key?: string): Promise<void> {
    return this.#turns
      .take(async () => {
        const isCurrent = this.#supervisor?.members.some(({ current }) => current?.key === key);
        if (key === undefined || isCurrent) await this.#supervisor?.restart();
      })
      .catch((error) => this.#deps.log.error({ err: error }, "the gateway was not replaced"));
  }

  /** Replaces those that hang. */
  #replaceSilent(found: readonly RunningClone[]): void {
    const connected = new Set([...this.#peers.keys()].map(({ registration }) => registration.key));
    const silent = found.filter(({ key, pid }) => !connected.has(key) && this.pids.includes(pid));
    for (const { pid, start } of silent) {
      this.#deps.log.error({ pid }, `the gateway has not connected within ${CONNECTS_WITHIN} ms: it is killed`);
      signalIdentity({ pid, start }, "SIGKILL"); // the clones connect to the next one
    }
  }

  /** Returns false if the gateway is not asked to open the app. */
  #tellOpen(gateway: FrontPeer, front: AppFront): boolean {
    if (gateway.isClosing) return false;
    const { log, ...open } = front.options;
    const folder = this.#folderOf(gateway.registration);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      front.fault = `the gateway does not take its requests: ${(error as Error).message}`;
      log.error({ err: error }, front.fault);
      return false;
    }
    gateway.send("OpenApp", { ...open, socket: join(folder, shortHash(open.app)) } satisfies OpenApp);
    return true;
  }

  /** @throws INVALID_PARAMS if the gateway cannot listen in the state folder */
  #refuseLongPath(): void {
    const longest = join(this.#folderOf({ key: "" }), shortHash(""));
    if (Buffer.byteLength(longest) <= MAX_SOCKET_PATH) return;
    throw new XsysError(
      "INVALID_PARAMS",
      `the path of the state folder ${this.#deps.folders.state} is too long for the sockets of the gateway: set XSYS_STATE, ` +
        "or use --front socket",
    );
  }

  #tellKnown(gateway: FrontPeer): void {
    if (gateway.isClosing) return;
    gateway.send("KnownApps", { apps: [...this.#fronts.keys()] } satisfies KnownApps);
  }

  #folderOf({ key }: Pick<RegisterAppGateway, "key">): string {
    return join(this.#deps.folders.run, `g-${shortHash(key)}`);
  }

  /** Removes what gateways have left that were killed. */
  #removeFolders(): void {
    const processes = this.#supervisor?.members.flatMap((member) => member.processes) ?? [];
    const used = new Set(processes.map((each) => this.#folderOf(each)));
    for (const folder of globSync(join(this.#deps.folders.run, "g-*"))) {
      if (!used.has(folder)) rmSync(folder, { recursive: true, force: true });
    }
  }
}
