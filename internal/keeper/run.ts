import { mkdirSync, rmSync } from "node:fs";
import { pino, stdTimeFunctions } from "pino";
import { assertPrivateFolder } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../protocol/wire/message.ts";
import { fromErrno, isErrno } from "../base/errno.ts";
import { VERSION } from "../base/version.ts";
import { CallStatistics } from "../ipc/call-statistics.ts";
import { takeKept } from "../ipc/held-socket.ts";
import { IpcServer } from "../ipc/ipc-server.ts";
import { DEFAULT_LIMITS } from "../ipc/limits.ts";
import { adoptOrphans } from "../processes/adopt-orphans.ts";
import { replaceProgram } from "../processes/replace-program.ts";
import { assertOwnFolder } from "./assert-own-folder.ts";
import { closeInherited } from "./close-inherited.ts";
import { keeperFolders } from "./folders.ts";
import { Keeper } from "./keeper.ts";
import { keeperHandlers } from "./keeper-commands.ts";
import { cancelSuccessor, Successor } from "./successor.ts";

export interface KeeperStart {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Program and arguments with which the next keeper is started. */
  readonly command: readonly string[];
}

/**
 * Runs the keeper until it is asked to end; then its apps have ended, too.
 * @param ready - called when the socket listens and all apps were taken over
 * @throws BUSY if another keeper runs
 */
export async function runKeeper({ env: start, command }: KeeperStart, ready: () => void): Promise<void> {
  const { [KEPT]: list = "", ...env } = start;
  delete process.env[KEPT]; // the processes that this one starts do not have the descriptors
  const kept = list.split(" ").filter(Boolean).map(Number);
  const [keptSocket, formerSuccessor] = kept;
  closeInherited(kept);
  const folders = keeperFolders(env);
  try {
    for (const folder of [folders.state, folders.run]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw isErrno(error) ? fromErrno(error, "creating the state folder") : error;
  }
  assertPrivateFolder(folders.socket);
  for (const folder of [folders.state, folders.apps, folders.logs]) assertOwnFolder(folder);
  const log = pino(
    { level: "info", base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime },
    pino.destination({ dest: folders.log, sync: true, mode: 0o600 }),
  );
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => log.error({ err: error }, "unexpected error in the keeper"));
  }
  const keeper = new Keeper(folders, log);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const resumed = Promise.withResolvers<void>();
  const handle = keeperHandlers(keeper, {
    version: VERSION,
    end: () => end(),
    upgrade: ([file = "", ...args]) => {
      if (successor.descriptor < 0) throw new XsysError("UNAVAILABLE", "the successor is being started: try again");
      // Connections wait in the queue of the socket until the next program accepts them. If it does not start, the
      // successor sees the end of its input, and starts this program again.
      const descriptors = [server.descriptor, successor.descriptor, ...keeper.descriptors];
      replaceProgram(file, args, { ...(env as Record<string, string>), [KEPT]: descriptors.join(" ") }, descriptors);
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
    hello: () => ({ protocol: PROTOCOL_VERSION, version: VERSION, pid: process.pid, limits: LIMITS, commands: [] }),
  });
  await server.listen(); // before anything else: there is only one keeper
  log.info({ version: VERSION, state: folders.state }, "keeper started");
  const successor = new Successor(command);
  if (formerSuccessor !== undefined) cancelSuccessor(formerSuccessor);
  const adoption = adoptOrphans((child) => keeper.watches(child));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end());
  await keeper.resume();
  resumed.resolve();
  ready();
  await ended;
  log.info("keeper stops all apps");
  await keeper.end();
  successor.cancel();
  adoption.close();
  await server.stop(true);
  rmSync(folders.socket, { force: true }); // a kept socket is not removed by the server
}

/** Variable with the descriptors that the program before an upgrade has left: the listening socket, those of the apps. */
const KEPT = "XSYS_KEEPER_KEPT";

const { maxFrame: frame, maxInflight: inflight, maxConnections: connections } = DEFAULT_LIMITS;
const LIMITS = { frame, inflight, connections };
