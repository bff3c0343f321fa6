/** The worker SDK: serves the HTTP requests that xsys's gateway sends to its worker processes. */
export { XsysError } from "../../protocol/errors.ts";
export type { UploadError, UploadedFile } from "../../protocol/wire/worker.ts";
export type { WorkerContext } from "./worker/context.ts";
export { workerContext } from "./worker/node-request.ts";
export type { WorkerHandle, WorkerOptions, WorkerRoute } from "./worker/options.ts";
export { serveNodeWorker } from "./worker/serve-node-worker.ts";
export {
  type Accept,
  type ServeOptions,
  serveWorker,
  type UpgradeHandler,
  type WorkerHandler,
} from "./worker/serve-worker.ts";
