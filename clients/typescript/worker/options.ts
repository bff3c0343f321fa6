import type { RouteEntry } from "../../../protocol/wire/worker.ts";

export interface WorkerOptions {
  /** Path of the gateway's socket. Default: `$XYPRISS_IPC_PATH`, which the supervisor sets for workers. */
  readonly socket?: string | undefined;
  /** The routes that the gateway matches requests against, including those that it serves from files itself. */
  readonly routes?: readonly WorkerRoute[] | undefined;
  /** Called with errors of handlers and of the connection. Default: console.error. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /**
   * Whether this process exits with status 1 when the gateway closes the connection, which is how the gateway stops
   * workers. Default: true.
   */
  readonly exitOnClose?: boolean | undefined;
}

/** A route. A segment of its path is literal, `:name`, or, as the last one, `*name` for the rest of the path. */
export interface WorkerRoute {
  readonly method: string;
  readonly path: string;
  /** Folder or file from which the gateway serves the route itself; absent for a route that workers handle. */
  readonly files?: string | undefined;
}

/** A registered worker. */
export interface WorkerHandle {
  /** Resolves when the connection is closed, by either side. */
  readonly closed: Promise<void>;
  /** Closes the connection. Requests that are not answered are lost. The process keeps running. */
  close(): void;
}

export function routeEntries(routes: readonly WorkerRoute[]): RouteEntry[] {
  return routes.map(({ method, path, files }) =>
    files === undefined ? { method, path, target: "worker" } : { method, path, target: "static", file_path: files },
  );
}
