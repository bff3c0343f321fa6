import { resolve } from "node:path";
import { contractsByName } from "../../protocol/commands/index.ts";
import { XsysError } from "../../protocol/errors.ts";
import { type HelloAnswer, PROTOCOL_VERSION } from "../../protocol/wire/message.ts";
import type { Host, ServiceControl, ServiceStatus } from "../base/context.ts";
import type { Logger } from "../base/log.ts";
import { confinedResolver, freeResolver } from "../base/root.ts";
import { VERSION } from "../base/version.ts";
import { CallStatistics } from "../ipc/call-statistics.ts";
import { IpcServer } from "../ipc/ipc-server.ts";
import { DEFAULT_LIMITS, type IpcLimits } from "../ipc/limits.ts";
import { Router } from "./router.ts";
import type { ServerOptions } from "./server.ts";
import { threadRunner } from "./thread-runner.ts";

export interface ServiceOptions {
  readonly socket: string;
  /** Descriptor of the socket, if it is listening already (systemd socket activation). */
  readonly descriptor?: number | undefined;
  readonly root: string;
  readonly confined: boolean;
  readonly log: Logger;
  readonly limits?: Partial<IpcLimits>;
  /** The HTTP gateway and its workers. */
  readonly server?: ServerOptions | undefined;
}

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
  const { socket, descriptor, root, confined, log, limits: given } = options;
  const limits = { ...DEFAULT_LIMITS, ...given };
  const absoluteRoot = resolve(root);
  const startedAt = performance.now();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const tasks = threadRunner();
  const statistics = new CallStatistics((name) => contractsByName.has(name));
  let failure: XsysError | undefined;
  const onGivenUp = (why: string) => {
    failure ??= new XsysError("UNAVAILABLE", why);
    service.stop(false);
  };
  const httpServer = options.server && (await openServer(options.server, log, limits, onGivenUp));

  let stopping = false;
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
    }),
    stop: (force) => {
      if (!stopping) log.info("stopping");
      stopping = true;
      void Promise.resolve(httpServer?.stop(force))
        .then(() => server.stop(force))
        .then(() => Promise.allSettled(cleanUps.splice(0).map(async (cleanUp) => cleanUp())))
        .then(() => tasks.close())
        .then(end);
    },
    onEnd: (cleanUp) => cleanUps.push(cleanUp),
  };
  const host: Host = {
    version: VERSION,
    root: absoluteRoot,
    confined,
    maxResult: limits.maxFrame,
    tasks,
    service,
    resolvePath: confined ? confinedResolver(absoluteRoot) : freeResolver(absoluteRoot),
    logDefect: (error, command) => log.error({ err: error, command }, "unexpected error"),
  };
  const hello = (): HelloAnswer => ({
    protocol: PROTOCOL_VERSION,
    version: VERSION,
    pid: process.pid,
    limits: { frame: limits.maxFrame, inflight: limits.maxInflight, connections: limits.maxConnections },
    commands: [...contractsByName.keys()],
  });
  const server = new IpcServer({
    socket,
    descriptor,
    router: new Router(host),
    limits,
    statistics,
    log,
    hello,
    roles: httpServer === undefined ? [] : [httpServer.workers],
  });
  await server.listen();
  await httpServer?.start(host).catch(async (error) => {
    await Promise.all([httpServer.stop(true), server.stop(true), tasks.close()]);
    throw error;
  });
  log.info({ socket, root: absoluteRoot, confined, version: VERSION }, "listening");
  return service;
}

async function openServer(
  options: ServerOptions,
  log: Logger,
  { maxFrame, drainTimeout }: IpcLimits,
  onGivenUp: (why: string) => void,
) {
  const { createServer } = await import("./server.ts");
  return createServer(options, { log, maxFrame, drainTimeout, onGivenUp });
}

function memoryFigures(): ServiceStatus["memory"] {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return { rss, heap_used: heapUsed, heap_total: heapTotal, external };
}
