import { resolve } from "node:path";
import { contractsByName } from "../../protocol/commands/index.ts";
import { XsysError } from "../../protocol/errors.ts";
import { type HelloAnswer, type HelloQuestion, PROTOCOL_VERSION } from "../../protocol/wire/message.ts";
import type { Host, ServiceControl, ServiceStatus } from "../base/context.ts";
import type { Logger } from "../base/log.ts";
import { confinedResolver, freeResolver } from "../base/root.ts";
import { VERSION } from "../base/version.ts";
import type { CommandLines } from "../front/front-call.ts";
import { FrontRole } from "../front/front-role.ts";
import { CallStatistics } from "../ipc/call-statistics.ts";
import type { CommandRouter } from "../ipc/calls.ts";
import { IpcServer } from "../ipc/ipc-server.ts";
import { DEFAULT_LIMITS, type IpcLimits } from "../ipc/limits.ts";
import { IdleMemory } from "../memory/idle-memory.ts";
import { endWhenIdle } from "./end-when-idle.ts";
import { type CommandLineOptions, commandLineHost } from "./one-shot-host.ts";
import { Router } from "./router.ts";
import type { ServerDeps, ServerOptions } from "./server.ts";
import { threadRunner } from "./thread-runner.ts";

export interface ServiceOptions {
  readonly socket: string;
  /** Descriptor of the socket, if it is listening already (systemd socket activation). */
  readonly descriptor?: number | undefined;
  readonly root: string;
  readonly confined: boolean;
  readonly log: Logger;
  readonly limits?: Partial<IpcLimits>;
  /** Milliseconds after which an idle service ends; absent or 0 if it never does. */
  readonly idleTimeout?: number | undefined;
  /** The HTTP gateway and its workers. */
  readonly server?: ServerOptions | undefined;
  /** How to start further processes of xsys. */
  readonly program?: Host["program"];
  /** Runs the command lines of native fronts; absent if this program has none. */
  readonly front?: FrontOptions | undefined;
}

export interface FrontOptions {
  /** Identifies the program: fronts of another build are refused. */
  readonly build: () => string;
  /** Creates what runs command lines. `open` creates a router for the commands of one of them. */
  lines(open: OpenRouter): CommandLines;
}

export type OpenRouter = (options: CommandLineOptions) => CommandRouter;

/** A running service. */
export interface Service extends ServiceControl {
  readonly socket: string;
  /** Addresses of the HTTP listener, as host:port. */
  readonly addresses: readonly string[];
  /** Whether a worker is connected or starting. */
  readonly hasWorker: boolean;
  /** Resolves when the service has ended, for any reason. */
  readonly ended: Promise<void>;
  /** Why the service ended by itself; undefined while it runs, or if it was asked to stop. */
  readonly failure: XsysError | undefined;
}

/** Starts the service; resolves when it listens. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { socket, descriptor, root, confined, log, limits: given, idleTimeout = 0, front } = options;
  const limits = { ...DEFAULT_LIMITS, ...given };
  const absoluteRoot = resolve(root);
  const startedAt = performance.now();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const tasks = threadRunner();
  const memory = new IdleMemory(log);
  const onAnswered = () => memory.worked();
  const statistics = new CallStatistics((name) => contractsByName.has(name));
  let failure: XsysError | undefined;
  const onGivenUp = (why: string) => {
    failure ??= new XsysError("UNAVAILABLE", why);
    service.stop(false);
  };
  const httpServer =
    options.server && (await openServer(options.server, limits, { log, socket, onGivenUp, onAnswered }));

  let stopping = false;
  const needs: (() => boolean)[] = [];
  const cleanUps: (() => void | Promise<void>)[] = [];
  const service: Service = {
    socket,
    ended,
    get failure() {
      return failure;
    },
    get addresses() {
      return httpServer === undefined ? [] : [httpServer.address];
    },
    get hasWorker() {
      return httpServer?.hasWorker ?? false;
    },
    status: () => ({
      version: VERSION,
      node: process.version,
      pid: process.pid,
      uptime: (performance.now() - startedAt) / 1000,
      socket,
      root: absoluteRoot,
      confined,
      draining: stopping,
      connections: server.connections,
      calls: { in_flight: server.callsInFlight, total: statistics.total, failed: statistics.failed },
      commands: statistics.figures(),
      memory: memoryFigures(),
      ...(httpServer?.gateways !== undefined && { gateways: [...httpServer.gateways.processes] }),
    }),
    stop: (force) => {
      if (!stopping) log.info("stopping");
      stopping = true;
      void Promise.resolve(httpServer?.stop(force))
        .then(() => server.stop(force))
        .then(() => Promise.allSettled(cleanUps.splice(0).map(async (cleanUp) => cleanUp())))
        .then(() => tasks.close())
        .then(() => memory.close())
        .then(end);
    },
    onEnd: (cleanUp) => cleanUps.push(cleanUp),
    stayWhile: (isNeeded) => needs.push(isNeeded),
  };
  const host: Host = {
    version: VERSION,
    root: absoluteRoot,
    confined,
    env: process.env,
    program: options.program,
    get cwd() {
      return process.cwd();
    },
    maxResult: limits.maxFrame,
    tasks,
    service,
    resolvePath: confined ? confinedResolver(absoluteRoot) : freeResolver(absoluteRoot),
    logDefect: (error, command) => log.error({ err: error, command }, "unexpected error"),
  };
  const openRouter: OpenRouter = (line) =>
    recorded(new Router(commandLineHost(host, line)), { statistics, onAnswered });
  // A front's command line may access everything, so a confined service runs none.
  const fronts = front === undefined || confined ? undefined : new FrontRole(front.build, front.lines(openRouter));
  const hello = (question: Partial<HelloQuestion>): HelloAnswer => ({
    protocol: PROTOCOL_VERSION,
    version: VERSION,
    pid: process.pid,
    limits: { frame: limits.maxFrame, inflight: limits.maxInflight, connections: limits.maxConnections },
    commands: [...contractsByName.keys()],
    ...(question.front !== undefined && { front: fronts?.accepts(question.front) ?? false }),
  });
  const server = new IpcServer({
    socket,
    descriptor,
    router: new Router(host),
    limits,
    statistics,
    log,
    hello,
    roles: [...(httpServer?.roles ?? []), fronts].filter((role) => role !== undefined),
    onAnswered,
  });
  await server.listen();
  await httpServer?.start(host).catch(async (error) => {
    await Promise.all([httpServer.stop(true), server.stop(true), tasks.close()]);
    throw error;
  });
  if (idleTimeout > 0) {
    const activity = () => ({
      connections: server.connections.open,
      calls: statistics.total,
      isNeeded: needs.some((isNeeded) => isNeeded()),
    });
    cleanUps.push(endWhenIdle(idleTimeout, activity, () => service.stop(false)));
  }
  log.info({ socket, root: absoluteRoot, confined, version: VERSION }, "listening");
  return service;
}

/** A router whose calls are counted like those of the socket. */
function recorded(
  router: Router,
  { statistics, onAnswered }: { readonly statistics: CallStatistics; readonly onAnswered: () => void },
): CommandRouter {
  return {
    call: async (name, params, call) => {
      const startedAt = performance.now();
      let failed = true;
      try {
        const answer = await router.call(name, params, call);
        failed = false;
        return answer;
      } finally {
        statistics.record(name, performance.now() - startedAt, failed);
        onAnswered();
      }
    },
  };
}

async function openServer(
  options: ServerOptions,
  { maxFrame, drainTimeout }: IpcLimits,
  deps: Pick<ServerDeps, "log" | "socket" | "onGivenUp" | "onAnswered">,
) {
  const { createServer } = await import("./create-server.ts");
  return createServer(options, { ...deps, maxFrame, drainTimeout });
}

function memoryFigures(): ServiceStatus["memory"] {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return { rss, heap_used: heapUsed, heap_total: heapTotal, external };
}
