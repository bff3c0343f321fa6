/** The worker of the soak test. It echoes request bodies. */
import { serveWorker } from "../../clients/typescript/worker.ts";

await serveWorker((request) => new Response(request.method === "POST" ? request.body : "hello ".repeat(300)));
