import { copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pino, stdTimeFunctions } from "pino";
import { assertPrivateFolder } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../protocol/wire/message.ts";
import type { OwnProgram } from "../base/context.ts";
import { fromErrno, isErrno } from "../base/errno.ts";
import type { Logger } from "../base/log.ts";
import { VERSION } from "../base/version.ts";
import { CallStatistics } from "../ipc/call-statistics.ts";
import { takeKept } from "../ipc/held-socket.ts";
import { IpcServer } from "../ipc/ipc-server.ts";
import { DEFAULT_LIMITS } from "../ipc/limits.ts";
import { adoptOrphans } from "../processes/adopt-orphans.ts";
import { replaceProgram } from "../processes/replace-program.ts";
import { allowTaking } from "../processes/take-descriptor.ts";
import { assertOwnFolder } from "./assert-own-folder.ts";
import { closeInherited } from "./close-inherited.ts";
import { keeperFolders } from "./folders.ts";
import { Keeper } from "./keeper.ts";
import { keeperHandlers } from "./keeper-commands.ts";
import { cancelSuccessor, Successor } from "./successor.ts";

export interface KeeperStart {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** How the next keeper, and the gateway, are started. */
  readonly program: Pick<OwnProgram, "keeper" | "appGateway" | "preload">;
  /** It runs in the foreground. */
  readonly daemon?: DaemonStart | undefined;
  /** Called when the socket listens and all apps were taken over. If it fails, the keeper ends with this error. */
  ready(): void | Promise<void>;
}

export interface DaemonStart {
  /** Instead of the log file. */
  readonly log: Logger;
  /** Arguments after those of `command`, with which the program continues after an upgrade. */
  readonly words: readonly string[];
  /** Whoever started this process starts it again when it dies, or ends with it. */
  readonly isRestarted: boolean;
  /** Asks a keeper that is running to leave its apps to this one. @throws BUSY if it does not */
  replaceKeeper(): Promise<void>;
  /** Called before all apps are stopped, with the milliseconds that they have for it. */
  stopping(longest: number): void;
}

/** How the keeper was asked to end. */
interface End {
  readonly leavesApps: boolean;
  readonly failure?: unknown;
}

/**
 * Runs the keeper until it is asked to end; then its apps have ended, too, unless it was asked to leave them to the next
 * one.
 * @throws BUSY if another keeper runs; the error of `ready`
 */
export async function runKeeper({ env: start, program, daemon, ready }: KeeperStart): Promise<void> {
  const { [KEPT]: list = "", [KEPT_SUCCESSOR]: formerSuccessor, ...env } = start;
  for (const name of [KEPT, KEPT_SUCCESSOR]) delete process.env[name]; // started processes do not have the descriptors
  const kept = list.split(" ").filter(Boolean).map(Number);
  const [keptSocket] = kept;
  closeInherited(kept);
  const folders = keeperFolders(env);
  try {
    for (const folder of [folders.state, folders.run]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw isErrno(error) ? fromErrno(error, "creating the state folder") : error;
  }
  assertPrivateFolder(folders.socket);
  for (const folder of [folders.state, folders.apps, folders.logs]) assertOwnFolder(folder);
  const log = daemon?.log ?? logTo(folders.log);
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => log.error({ err: error }, "unexpected error in the keeper"));
  }
  allowTaking(); // the gateway takes the listening sockets of apps from here
  const preload = join(folders.run, "preload.cjs");
  const keeper = new Keeper({
    ...{ folders, log, preload, gateway: program.appGateway },
    writePreload: async () => copyAtomically(await program.preload(), preload),
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<End>();
  const resumed = Promise.withResolvers<void>();
  const createSuccessor = () => (daemon?.isRestarted ? undefined : new Successor(program.keeper));
  const handle = keeperHandlers(keeper, {
    version: VERSION,
    isDaemon: daemon !== undefined,
    leave: () => end({ leavesApps: true }),
    end: () => end({ leavesApps: false }),
    upgrade: ([file = "", ...args]) => {
      const successorPipe = successor?.descriptor;
      if (successorPipe === -1) throw new XsysError("UNAVAILABLE", "the successor is being started: try again");
      // Connections wait in the queue of the socket until the next program accepts them. If it does not start, the
      // successor sees the end of its input, and starts this program again.
      const descriptors = [
        server.descriptor,
        ...keeper.descriptors,
        ...(successorPipe === undefined ? [] : [successorPipe]),
      ];
      const next = {
        ...(env as Record<string, string>),
        [KEPT]: descriptors.join(" "),
        ...(successorPipe !== undefined && { [KEPT_SUCCESSOR]: String(successorPipe) }),
      };
      replaceProgram(file, [...args, ...(daemon?.words ?? [])], next, descriptors);
    },
  });
  const server = new IpcServer({
    socket: folders.socket,
    descriptor: keptSocket === undefined ? undefined : takeKept(keptSocket),
    router: {
      call: async (name, params) => {
        await resumed.promise;
        return handle(name, params);
      },
    },
    limits: DEFAULT_LIMITS,
    statistics: new CallStatistics(() => false),
    log,
    roles: [keeper.fronts],
    hello: () => ({ protocol: PROTOCOL_VERSION, version: VERSION, pid: process.pid, limits: LIMITS, commands: [] }),
  });
  await listen(server, keptSocket === undefined ? daemon : undefined); // before anything else: there is only one keeper
  log.info({ version: VERSION, state: folders.state }, "keeper started");
  const successor = createSuccessor();
  if (formerSuccessor !== undefined) cancelSuccessor(Number(formerSuccessor));
  const adoption = adoptOrphans((child) => keeper.watches(child));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end({ leavesApps: false }));
  await keeper.resume();
  resumed.resolve();
  if (keptSocket !== undefined) void keeper.fronts.replace(); // after an upgrade, by one of the new program
  Promise.resolve(ready()).catch((failure: unknown) => end({ leavesApps: false, failure }));
  const { leavesApps, failure } = await ended;
  successor?.cancel();
  if (leavesApps) {
    log.info("keeper leaves the apps to the next one");
    rmSync(folders.socket, { force: true }); // nobody is to connect to a keeper that ends
    return;
  }
  log.info("keeper stops all apps");
  daemon?.stopping(keeper.longestEnd);
  await keeper.end();
  adoption.close();
  // The server does not remove a kept socket. While it listens, the file is not that of the next keeper.
  if (keptSocket !== undefined) rmSync(folders.socket, { force: true });
  await server.stop(true);
  if (failure !== undefined) throw failure;
}

function copyAtomically(from: string, to: string): void {
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}

/** Variable with the descriptors that the program before an upgrade has left: the listening socket, those of the apps. */
const KEPT = "XSYS_KEEPER_KEPT";
/** The one of them that is the pipe to the successor of that program. */
const KEPT_SUCCESSOR = "XSYS_KEEPER_SUCCESSOR";

const { maxFrame: frame, maxInflight: inflight, maxConnections: connections } = DEFAULT_LIMITS;
const LIMITS = { frame, inflight, connections };

function logTo(file: string): Logger {
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600 });
  destination.on("error", () => {}); // the disk is full: the log must not end the keeper
  return pino({ level: "info", base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime }, destination);
}

/** Times that a daemon asks for the place of another keeper: a command may start one as soon as one has left. */
const ATTEMPTS = 5;

async function listen(server: IpcServer, daemon: DaemonStart | undefined): Promise<void> {
  for (let left = daemon === undefined ? 1 : ATTEMPTS; ; left--) {
    await daemon?.replaceKeeper();
    try {
      return await server.listen();
    } catch (error) {
      if (left === 1 || !(error instanceof XsysError) || error.code !== "BUSY") throw error;
    }
  }
}
