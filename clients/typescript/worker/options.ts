import type { RouteEntry } from "../../../protocol/wire/worker.ts";

export interface WorkerOptions {
  /** The gateway's socket. Without it: `$XYPRISS_IPC_PATH`, which workers are given. */
  readonly socket?: string | undefined;
  /** What the gateway matches requests by, and which of them it serves itself from files. */
  readonly routes?: readonly WorkerRoute[] | undefined;
  /** Told what a handler threw, and what went wrong with the connection; console.error by default. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Whether this process exits, with 1, when the gateway closes the connection, which is how it stops workers; true by default. */
  readonly exitOnClose?: boolean | undefined;
}

/** A route: segments are literal, `:name`, or, as the last one, `*name` for the rest of the path. */
export interface WorkerRoute {
  readonly method: string;
  readonly path: string;
  /** Folder or file that the gateway serves it from by itself; absent for a worker's route. */
  readonly files?: string | undefined;
}

/** A worker at work. */
export interface WorkerHandle {
  /** Resolves when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>;
  /** Closes the connection; what is not answered is lost. The process goes on. */
  close(): void;
}

export function routeEntries(routes: readonly WorkerRoute[]): RouteEntry[] {
  return routes.map(({ method, path, files }) =>
    files === undefined ? { method, path, target: "worker" } : { method, path, target: "static", file_path: files },
  );
}
