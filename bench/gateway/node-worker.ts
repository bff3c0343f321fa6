/** The listener of http-worker.ts as a worker with the SDK. */
import { serveNodeWorker } from "../../clients/typescript/worker.ts";

await serveNodeWorker((_request, response) => response.end("hello"), { routes: [{ method: "GET", path: "/" }] });
