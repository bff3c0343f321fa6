import { XsysError } from "../../protocol/errors.ts";
import type { CrashRecord } from "../cluster/crash-record.ts";
import type { AppStatus } from "./app-status.ts";
import { CallsInProgress } from "./calls-in-progress.ts";
import type { Desired } from "./desired-state.ts";
import type { Keeper } from "./keeper.ts";
import { parseAppSpec } from "./spec-schema.ts";
import type { Rollback } from "./versions/roll-back.ts";
import type { Version } from "./versions/version.ts";
import { currentOf } from "./versions/version-list.ts";

/** The commands of the keeper's socket. They are for xsys itself, and may change with any version. */
export interface KeeperCommands {
  "keeper.status": { readonly params: { readonly name?: string }; readonly result: KeeperStatus };
  /** What should run of all apps, with whether it was stopped. */
  "keeper.desired": { readonly params: Readonly<Record<string, never>>; readonly result: readonly Desired[] };
  "keeper.start": { readonly params: { readonly spec: unknown }; readonly result: AppStatus };
  "keeper.start-again": { readonly params: Named; readonly result: AppStatus };
  "keeper.stop": { readonly params: Named; readonly result: AppStatus };
  "keeper.restart": { readonly params: Named & { readonly id?: string }; readonly result: AppStatus };
  "keeper.scale": { readonly params: Named & { readonly clones: number }; readonly result: AppStatus };
  /** A clone's server wants to listen. */
  "keeper.listens": {
    readonly params: Named & { readonly key: string; readonly host: string; readonly port: number };
    readonly result: { readonly socket: string; readonly inode: string };
  };
  "keeper.versions": { readonly params: Named; readonly result: KeptVersions };
  "keeper.rollback": {
    readonly params: Named & { readonly to?: number };
    readonly result: Rollback & { readonly status: AppStatus };
  };
  "keeper.delete": { readonly params: Named; readonly result: null };
  "keeper.crashes": { readonly params: Named; readonly result: readonly CrashRecord[] };
  /** Has no result: the connection ends with the program. */
  "keeper.upgrade": { readonly params: { readonly command: readonly string[] }; readonly result: never };
  /** Ends the keeper without the apps, for the next one to take them over. Has no result: the connection ends. */
  "keeper.leave": { readonly params: Readonly<Record<string, never>>; readonly result: never };
  "keeper.end": { readonly params: Readonly<Record<string, never>>; readonly result: null };
}

export type KeeperCommand = keyof KeeperCommands;

interface Named {
  readonly name: string;
}

export interface KeeperStatus {
  readonly version: string;
  readonly pid: number;
  /** It was started by `xsys daemon`. */
  readonly isDaemon: boolean;
  readonly apps: readonly AppStatus[];
  readonly unreadable: readonly { readonly name: string; readonly fault: string }[];
}

export interface KeptVersions {
  /** Oldest first. */
  readonly versions: readonly Version[];
  /** Number of the version with the description of what should run. */
  readonly current?: number;
}

/** What the commands act on besides the apps. */
export interface KeeperProcess {
  readonly version: string;
  readonly isDaemon: boolean;
  /** Replaces the program of this process. @throws UNSUPPORTED */
  upgrade(command: readonly string[]): never;
  /** Ends this process. The apps go on. */
  leave(): void;
  /** Stops all apps and ends this process. */
  end(): void;
}

type Handlers = { readonly [C in KeeperCommand]: (params: Params) => unknown };
type Params = Readonly<Record<string, unknown>>;

/** Runs the keeper's commands. @throws NOT_FOUND, INVALID_PARAMS and the errors of the command */
export function keeperHandlers(keeper: Keeper, program: KeeperProcess): (name: string, params: unknown) => unknown {
  const changes = new CallsInProgress();
  const handlers: Handlers = {
    "keeper.status": ({ name }): KeeperStatus => ({
      version: program.version,
      pid: process.pid,
      isDaemon: program.isDaemon,
      apps: keeper.list(name === undefined ? undefined : textOf(name)),
      unreadable: name === undefined ? keeper.unreadable : [],
    }),
    "keeper.desired": () => keeper.desired,
    "keeper.start": ({ spec }) => keeper.start(parseAppSpec(spec)),
    "keeper.start-again": ({ name }) => keeper.startAgain(textOf(name)),
    "keeper.stop": async ({ name }) => {
      const app = keeper.app(textOf(name));
      await app.stop();
      return app.status;
    },
    "keeper.restart": async ({ name, id }) => {
      const app = keeper.app(textOf(name));
      await app.restart(id === undefined ? undefined : textOf(id));
      return app.status;
    },
    "keeper.scale": async ({ name, clones }) => {
      const app = keeper.app(textOf(name));
      await app.scale(parseAppSpec({ ...app.spec, clones }).clones);
      return app.status;
    },
    "keeper.listens": async ({ name, key, host, port }) => {
      if (!Number.isInteger(port)) throw new XsysError("INVALID_PARAMS", "port must be integer");
      const app = keeper.app(textOf(name));
      return app.listens(textOf(key), textOf(host), port as number);
    },
    "keeper.versions": async ({ name }): Promise<KeptVersions> => {
      const app = keeper.app(textOf(name));
      const versions = await app.versions();
      const current = currentOf(versions, app.spec)?.number;
      return { versions, ...(current !== undefined && { current }) };
    },
    "keeper.rollback": async ({ name, to }) => {
      const rollback = await keeper.rollBack(textOf(name), to === undefined ? undefined : numberOf(to));
      return { ...rollback, status: keeper.app(textOf(name)).status };
    },
    "keeper.delete": async ({ name }) => {
      await keeper.delete(textOf(name));
      return null;
    },
    "keeper.crashes": ({ name }) => keeper.app(textOf(name)).crashes,
    "keeper.upgrade": async ({ command }) => {
      if (!Array.isArray(command) || command.length === 0) throw new XsysError("INVALID_PARAMS", "there is no program");
      const words = command.map(textOf);
      await changes.ended(); // who waits for one would not get its answer
      return program.upgrade(words);
    },
    "keeper.leave": async () => {
      await keeper.pause();
      program.leave();
    },
    "keeper.end": () => {
      program.end();
      return null;
    },
  };
  return (name, params) => {
    const handler = Object.hasOwn(handlers, name) ? handlers[name as KeeperCommand] : undefined;
    if (handler === undefined) throw new XsysError("NOT_FOUND", `the keeper has no command ${name}`);
    if (typeof params !== "object" || params === null) throw new XsysError("INVALID_PARAMS", "params must be object");
    const result = handler(params as Params);
    return name === "keeper.upgrade" ? result : changes.add(result);
  };
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new XsysError("INVALID_PARAMS", "a name must be a string");
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  throw new XsysError("INVALID_PARAMS", "a version must be a number");
}
