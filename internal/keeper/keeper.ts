import { join } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import type { Logger } from "../base/log.ts";
import { ExitWatch } from "../processes/exit-watch.ts";
import type { ProcessIdentity } from "../processes/identity.ts";
import { type AppSpec, type Front, hasPort } from "./app-spec.ts";
import type { AppStatus } from "./app-status.ts";
import { ClonePorts } from "./clone-ports.ts";
import { Clones } from "./clones.ts";
import { type Desired, DesiredState } from "./desired-state.ts";
import type { KeeperFolders } from "./folders.ts";
import { FrontGateways } from "./front/front-gateways.ts";
import { GATEWAY } from "./front/gateway-spec.ts";
import { haveOnePort } from "./have-one-port.ts";
import { type Found, KeptApp } from "./kept-app.ts";
import { endLeftovers } from "./leftovers.ts";
import { LogWriter } from "./log/log-writer.ts";
import { type MarkedProcess, markedProcesses } from "./marked-processes.ts";
import { inEndOrder, refuseImpossibleOrder } from "./start-order.ts";
import { Turns } from "./turns.ts";
import { type Rollback, rollBack } from "./versions/roll-back.ts";
import { VersionFile } from "./versions/version-file.ts";
import { VersionHistory } from "./versions/version-history.ts";

/** Maximum number of apps. */
const MAX_APPS = 1_000;
/** Milliseconds that the processes of an app without a description get between SIGTERM and SIGKILL. */
const UNKNOWN_GRACE = 10_000;

export interface KeeperDeps {
  readonly folders: KeeperFolders;
  readonly log: Logger;
  /** File that makes a Node application listen on the keeper's socket, or take its requests from the gateway. */
  readonly preload: string;
  /** Creates it. */
  writePreload(): Promise<void>;
  /** Program and arguments of a gateway process. */
  readonly gateway: readonly [string, ...string[]];
}

/** Keeps the apps of a user running. What should run is on disk, so another keeper can take over at any time. */
export class Keeper {
  /** The gateway in front of the apps. */
  readonly fronts: FrontGateways;
  readonly #folders: KeeperFolders;
  readonly #log: Logger;
  readonly #stored: DesiredState;
  readonly #preload: string;
  readonly #writePreload: () => Promise<void>;
  #preloadWritten: Promise<void> | undefined;
  readonly #exits = new ExitWatch();
  readonly #ports = new ClonePorts();
  readonly #apps = new Map<string, KeptApp>();
  /** Apps whose state can be read neither from its file nor from the copy, with the reason. */
  readonly #unreadable = new Map<string, string>();
  /** For changes that concern more than one app. */
  readonly #turns = new Turns();
  #isEnding = false;

  constructor({ folders, log, preload, writePreload, gateway }: KeeperDeps) {
    this.#folders = folders;
    this.#log = log;
    this.#preload = preload;
    this.#writePreload = writePreload;
    this.fronts = new FrontGateways({ folders, log, exits: this.#exits, command: gateway });
    this.#stored = new DesiredState(folders.apps, (error) => log.warn({ err: error }, "the copy was not written"));
  }

  /** Takes over what runs, and starts what should run. An app that fails does not keep others from starting. */
  async resume(): Promise<void> {
    for (const { name, desired, fault } of await this.#stored.load()) {
      if (fault !== undefined) this.#log.error({ app: name }, fault);
      if (desired === undefined) this.#unreadable.set(name, fault);
      else this.#load(name, desired, fault);
    }
    const marked = markedProcesses(this.#folders.state);
    this.#endUnknown(marked);
    await Promise.all([...this.#apps.values()].map(({ front }) => this.#prepare(front)));
    const gateways = this.fronts.resume(marked);
    const resumed = [...this.#apps].map(([name, app]) =>
      app
        .resume(
          marked.filter((each) => each.app === name),
          gateways,
        )
        .catch((error) => this.#log.error({ app: name, err: error }, `${name} cannot be started`)),
    );
    await Promise.all(resumed);
    this.fronts.resumed();
  }

  /** An app whose folders cannot be used must not keep others from being kept. */
  #load(name: string, desired: Desired, fault: string | undefined): void {
    try {
      this.#apps.set(name, this.#create(desired, { fault, isSaved: true }));
    } catch (error) {
      this.#log.error({ app: name, err: error }, `${name} cannot be kept`);
      this.#unreadable.set(name, (error as Error).message);
    }
  }

  /** Ends the processes of apps that were deleted while the last keeper was killed. */
  #endUnknown(marked: readonly MarkedProcess[]): void {
    const isKnown = (app: string) => app === GATEWAY || this.#apps.has(app) || this.#unreadable.has(app);
    const unknown = marked.filter(({ app }) => !isKnown(app));
    void endLeftovers(
      unknown.map(({ key }) => key),
      UNKNOWN_GRACE,
    );
  }

  /** Of all apps, or of one. @throws NOT_FOUND */
  list(name?: string): AppStatus[] {
    if (name !== undefined) return [this.app(name).status];
    return [...this.#apps.values()].map(({ status }) => status).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get desired(): Desired[] {
    return [...this.#apps.values()].map(({ desired }) => desired);
  }

  /** Apps whose stored state cannot be read. */
  get unreadable(): { readonly name: string; readonly fault: string }[] {
    return [...this.#unreadable].map(([name, fault]) => ({ name, fault }));
  }

  /** @throws NOT_FOUND */
  app(name: string): KeptApp {
    const app = this.#apps.get(name);
    if (app !== undefined) return app;
    const names = [...this.#apps.keys()];
    const known = names.length === 0 ? "there are none" : `there are ${names.slice(0, 20).join(", ")}`;
    throw new XsysError("NOT_FOUND", `there is no app ${name}: ${known}`, { details: { name } });
  }

  /**
   * Starts an app, or changes and starts it.
   * @throws BUSY if another app has its port; UNAVAILABLE with the reason if it does not start
   */
  async start(spec: AppSpec): Promise<AppStatus> {
    this.#refuseEnding();
    await this.#prepare(spec.front);
    const app = await this.#turns.take(async () => {
      this.#refuseConflict(spec.name, spec.front);
      const others = [...this.#apps.values()].filter((app) => app.spec.name !== spec.name);
      refuseImpossibleOrder([spec, ...others.map((app) => app.spec)], [spec]);
      const known = this.#apps.get(spec.name);
      if (known !== undefined) return known;
      if (this.#apps.size >= MAX_APPS) throw new XsysError("LIMIT_EXCEEDED", `there are ${MAX_APPS} apps already`);
      const created = this.#create({ spec, stopped: true });
      this.#apps.set(spec.name, created);
      this.#unreadable.delete(spec.name);
      return created;
    });
    try {
      await app.start(spec);
    } catch (error) {
      if (app.isClosed) return this.start(spec); // it was deleted meanwhile
      if (!app.isSaved && !app.isRollingOut) this.#apps.delete(spec.name);
      throw error;
    }
    return app.status;
  }

  /** Starts a known app as it is. */
  async startAgain(name: string): Promise<AppStatus> {
    this.#refuseEnding();
    const app = this.app(name);
    await this.#prepare(app.spec.front);
    await this.#turns.take(async () => this.#refuseConflict(name, app.spec.front));
    await app.start();
    return app.status;
  }

  /**
   * Returns to an earlier version of an app, by default the last good one before the current one.
   * @throws NOT_FOUND if there is none; BUSY if another app has its port; UNAVAILABLE if it does not start
   */
  async rollBack(name: string, to?: number): Promise<Rollback> {
    this.#refuseEnding();
    return rollBack(this.app(name), to, async (front) => {
      await this.#prepare(front);
      this.#refuseConflict(name, front);
    });
  }

  /** Stops an app and forgets it. Its log stays. */
  async delete(name: string): Promise<void> {
    if (!this.#unreadable.has(name)) {
      const app = this.app(name);
      await app.remove(() => this.#forget(name));
      this.#apps.delete(name);
      return;
    }
    const keys = markedProcesses(this.#folders.state).flatMap(({ app, key }) => (app === name ? key : []));
    await endLeftovers(keys, UNKNOWN_GRACE);
    await this.#forget(name);
    this.#unreadable.delete(name);
  }

  /** The versions first: another app with this name must not get them. */
  async #forget(name: string): Promise<void> {
    await new VersionFile(this.#folders.apps, name).remove();
    await this.#stored.remove(name);
  }

  /** Whether the exit status of a child is read here, and not by Node. */
  watches(child: ProcessIdentity): boolean {
    return this.#exits.has(child);
  }

  /** The descriptors that this process must keep when it replaces its program. */
  get descriptors(): readonly number[] {
    return [...this.#apps.values()].flatMap((app) => app.descriptors);
  }

  /** Waits for changes in progress, and begins no others. The apps go on, and are supervised. */
  async pause(): Promise<void> {
    await this.#turns.stop();
    await Promise.all([...this.#apps.values()].map((app) => app.pause()));
    await this.fronts.pause();
  }

  /** Milliseconds in which `end` stops all apps, if they use the time that they have. */
  get longestEnd(): number {
    const specs = [...this.#apps.values()].map(({ spec }) => spec);
    return Math.max(
      0,
      ...inEndOrder<AppSpec, number>(specs, (spec, before) => spec.killTimeout + Math.max(0, ...before)),
    );
  }

  /** Stops all apps, which the next keeper starts again; each one before those that it was started after. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#turns.take(async () => {}); // apps that are being created
    const specs = [...this.#apps.values()].map(({ spec }) => spec);
    const ends = inEndOrder<AppSpec, Promise<unknown>>(specs, ({ name }, before) =>
      Promise.allSettled(before).then(() => this.#apps.get(name)?.end()),
    );
    await Promise.all(ends);
    await this.fronts.end();
  }

  #create(desired: Desired, found: Found = { isSaved: false }): KeptApp {
    const { name, log: limits } = desired.spec;
    const log = this.#log.child({ app: name });
    const writer = new LogWriter({ folder: join(this.#folders.logs, name), name, ...limits });
    const clones = new Clones({
      log,
      writer,
      folder: join(this.#folders.run, "apps", name),
      exits: this.#exits,
    });
    const history = new VersionHistory(new VersionFile(this.#folders.apps, name), log);
    const notReady = (names: readonly string[]) => names.filter((other) => this.#apps.get(other)?.isReady === false);
    const save = (next: Desired) => this.#stored.save(next);
    const refuseConflict = (front: Front) => this.#refuseConflict(name, front);
    return new KeptApp(
      desired,
      {
        ...{ log, state: this.#folders.state, keeper: this.#folders.socket, preload: this.#preload },
        ...{ fronts: this.fronts, ports: this.#ports, writer, clones, history, notReady, save, refuseConflict },
      },
      found,
    );
  }

  /** What an app with this front needs to be started. */
  #prepare(front: Front): Promise<void> | undefined {
    if (front.kind === "none" || front.kind === "proxy") return undefined;
    this.#preloadWritten ??= this.#writePreload().catch((error: unknown) => {
      this.#preloadWritten = undefined;
      throw error;
    });
    return this.#preloadWritten;
  }

  #refuseEnding(): void {
    if (this.#isEnding) throw new XsysError("UNAVAILABLE", "the keeper is ending");
  }

  #refuseConflict(name: string, front: Front): void {
    if (!hasPort(front)) return;
    for (const app of this.#apps.values()) {
      if (app.spec.name === name || !haveOnePort(app.front, front)) continue;
      throw new XsysError("BUSY", `port ${front.port} belongs to the app ${app.spec.name}`, {
        details: { port: front.port, app: app.spec.name },
      });
    }
  }
}
