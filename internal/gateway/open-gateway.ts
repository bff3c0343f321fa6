import type { AddressInfo } from "node:net";
import type { Logger } from "../base/log.ts";
import type { Standby } from "../workers/standby.ts";
import { type PoolOptions, WorkerPool } from "../workers/worker-pool.ts";
import { warmUp } from "./dispatch/warm-up.ts";
import { createFeatures, type Features, type SharedFeatures } from "./features.ts";
import { Gateway } from "./gateway.ts";
import { HttpServer } from "./listener/http-server.ts";
import { createAccessLog } from "./observe/access-log.ts";
import { Observer } from "./observe/observer.ts";
import { createPages, createStatusPages, type Pages } from "./observe/status-pages.ts";
import { statusSources, type WorkerFigures } from "./observe/status-sources.ts";
import type { GatewayOptions } from "./options.ts";
import { RouteTable } from "./routes/route-table.ts";

/** The HTTP gateway and its pool of workers. */
export interface OpenGateway {
  /** Accepts workers that connect to the service's socket. */
  readonly pool: WorkerPool;
  /** Counts its requests. */
  readonly observer: Observer;
  /** Forwards its requests, if it has upstreams. */
  readonly upstreams: Features["upstreams"];
  /** Accepts its connections. */
  readonly server: HttpServer;
  /** Starts to listen on host and port of the options; rejects with the system's error, such as EADDRINUSE. */
  listen(): Promise<AddressInfo>;
  /** Accepts no more requests; resolves when those in flight are answered, or after `milliseconds`. */
  drain(milliseconds: number): Promise<void>;
  /** Ends every connection. */
  close(): void;
}

export interface GatewayDeps {
  readonly log: Logger;
  /** Maximum size of a frame to a worker, in bytes. */
  readonly maxFrame: number;
  readonly workers: () => WorkerFigures;
  /** Called at the end of each request. */
  readonly onAnswered: () => void;
  /** What other processes provide; absent for the only gateway of a service. */
  readonly shared?: SharedParts;
}

/** The parts of a gateway process that hold for several gateways together. */
export interface SharedParts extends SharedFeatures {
  readonly judge: NonNullable<PoolOptions["judge"]>;
  readonly pages: Pages;
}

/** Loads the enabled features. The gateway does not listen yet. */
export async function openGateway(
  options: GatewayOptions,
  { log, maxFrame, workers, onAnswered, shared }: GatewayDeps,
): Promise<OpenGateway> {
  const features = await createFeatures(options, log, shared);
  const routes = new RouteTable();
  const { strategy, timeout, queueTimeout, standbyWarmUp } = options;
  const onRoutes = (received: unknown) => {
    try {
      routes.sync(received as Parameters<typeof routes.sync>[0]);
    } catch (error) {
      log.warn({ err: error }, "a worker's list of routes was refused");
    }
  };
  const onStandby = (standby: Standby, paths = standbyWarmUp) => {
    if (paths.length > 0) void warmUp(standby, { paths, routes, log });
  };
  const pool = new WorkerPool({
    ...{ strategy, timeout, queueTimeout, maxFrame, log, onRoutes, onStandby },
    ...(shared !== undefined && { judge: shared.judge }),
    ...(options.workersTakeStreams && { allTakeStreams: true }),
  });
  const observer = new Observer(features.quality, options.accessLog ? createAccessLog(log) : undefined, onAnswered);
  const statusPages =
    options.statusPages === false
      ? () => undefined
      : createStatusPages(shared?.pages ?? createPages(statusSources({ options, features, pool, observer, workers })));
  const gateway = new Gateway(options, { pool, routes, features, observer, statusPages, log });
  const server = new HttpServer(options, gateway.handle, log, gateway.refuseBody);
  return {
    pool,
    observer,
    upstreams: features.upstreams,
    server,
    listen: async () => {
      await server.listen();
      return server.address;
    },
    drain: async (milliseconds) => {
      gateway.drain();
      await server.drain();
      await observer.idle(milliseconds);
    },
    close: () => {
      server.destroy();
      pool.close();
      features.close();
    },
  };
}
