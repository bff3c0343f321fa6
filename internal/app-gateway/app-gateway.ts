import { closeSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";
import type {
  AppFailed,
  AppWorkerLost,
  AppWorkersExpected,
  CloneListens,
  KnownApps,
  OfApp,
  OfLink,
  OpenApp,
  RegisterAppGateway,
  SetActive,
  WarmUp,
} from "../../protocol/wire/app-gateway.ts";
import type { Message } from "../../protocol/wire/message.ts";
import type { Logger } from "../base/log.ts";
import { IdleMemory } from "../memory/idle-memory.ts";
import { GatewayApp } from "./gateway-app.ts";
import { KeeperLink } from "./keeper-link.ts";
import type { ListeningSockets } from "./listening-sockets.ts";

export interface AppGatewayOptions {
  /** The keeper's socket. */
  readonly socket: string;
  readonly registration: Omit<RegisterAppGateway, "isClosing">;
  readonly listening: ListeningSockets;
  readonly log: Logger;
}

/** HTTP in front of the apps of a keeper. It goes on while there is no keeper. */
export class AppGateway {
  readonly #log: Logger;
  readonly #listening: ListeningSockets;
  readonly #keeper: KeeperLink;
  readonly #memory: IdleMemory;
  readonly #apps = new Map<string, GatewayApp>();
  #isClosing = false;
  /** Of apps that are not open any more. */
  readonly #closingApps = new Set<Promise<void>>();
  /** Messages are handled one after the other, because opening an app takes a moment. */
  #turn: Promise<void> = Promise.resolve();

  constructor({ socket, registration, listening, log }: AppGatewayOptions) {
    this.#log = log;
    this.#listening = listening;
    this.#memory = new IdleMemory(log);
    this.#keeper = new KeeperLink(socket, registration, {
      connected: () => this.#isClosing && this.#setKept(true),
      disconnected: () => this.#setKept(false),
      message: (message) => {
        if (message.type === "Ping") this.#keeper.send("Pong", null);
        else this.#queue(message);
      },
    });
  }

  open(): void {
    this.#keeper.open();
  }

  /** Accepts no more connections; resolves when the requests in progress are answered. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#keeper.closing();
    await Promise.all([...this.#apps.values()].map((app) => app.close()));
    await Promise.all(this.#closingApps);
    this.#keeper.close();
    this.#memory.close();
  }

  #queue(message: Message): void {
    this.#turn = this.#turn
      .then(() => this.#take(message))
      .catch((error) => this.#log.error({ err: error }, `the message ${message.type} was not handled`));
  }

  async #take({ type, payload }: Message): Promise<void> {
    if (type === "OpenApp") return this.#openApp(payload as OpenApp);
    if (type === "KnownApps") return this.#closeUnknown(payload as KnownApps);
    const { app: name } = payload as OfApp;
    const app = this.#apps.get(name);
    if (app === undefined) return;
    const { workers } = app;
    if (type === "SetActive") workers.setActive(payload as SetActive);
    else if (type === "WarmUp") workers.warmUp(payload as WarmUp);
    else if (type === "DrainWorker") void workers.drain((payload as OfLink).link);
    else if (type === "CloseWorker") workers.closeWorker((payload as OfLink).link);
    else if (type === "WorkerLost") workers.lost(payload as AppWorkerLost);
    else if (type === "AppWorkersExpected") workers.expect(payload as AppWorkersExpected);
    else if (type === "CloneListens") app.cloneListens(payload as CloneListens);
    else if (type === "PauseApp") app.pause();
    else if (type === "DrainApp") this.#drainApp(name, app);
    else if (type === "CloseApp") this.#closeApp(name, app);
  }

  async #openApp(open: OpenApp): Promise<void> {
    const { app: name, listening } = open;
    const log = this.#log.child({ app: name });
    if (this.#isClosing) return;
    const known = this.#apps.get(name);
    if (known !== undefined && known.inode !== listening.inode) this.#closeApp(name, known);
    try {
      if (known?.inode !== listening.inode) await this.#open(open, log);
    } catch (error) {
      const { code, message } = error instanceof XsysError ? error : new XsysError("INTERNAL", String(error));
      log.error({ err: error }, "the app cannot be opened");
      this.#keeper.send("AppFailed", { app: name, code, message } satisfies AppFailed);
      return;
    }
    this.#keeper.send("AppOpened", { app: name } satisfies OfApp);
    const app = this.#apps.get(name);
    if (app !== undefined) app.workers.isKept = true;
  }

  async #open(open: OpenApp, log: Logger): Promise<void> {
    const { app: name } = open;
    const descriptor = this.#listening.take(open.listening);
    try {
      const app = await GatewayApp.open(open, descriptor, {
        log,
        tell: (type, payload) => this.#keeper.send(type, { app: name, ...payload }),
        onAnswered: () => this.#memory.worked(),
      });
      this.#apps.set(name, app);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  #drainApp(name: string, app: GatewayApp): void {
    void app
      .drain()
      .catch((error) => this.#log.error({ app: name, err: error }, "the app was not drained"))
      .finally(() => this.#keeper.send("AppDrained", { app: name } satisfies OfApp));
  }

  #closeApp(name: string, app: GatewayApp): void {
    this.#apps.delete(name);
    const closing = app
      .close()
      .catch((error) => this.#log.error({ app: name, err: error }, "the app was not closed"))
      .finally(() => this.#closingApps.delete(closing));
    this.#closingApps.add(closing);
  }

  #closeUnknown({ apps }: KnownApps): void {
    const known = new Set(apps);
    for (const [name, app] of this.#apps) if (!known.has(name)) this.#closeApp(name, app);
    this.#listening.closeRest();
  }

  #setKept(isKept: boolean): void {
    for (const { workers } of this.#apps.values()) workers.isKept = isKept;
  }
}
