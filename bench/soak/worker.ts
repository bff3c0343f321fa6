/** The worker that is put through the soak: it gives back what it is sent. */
import { serveWorker } from "../../clients/typescript/worker.ts";

await serveWorker((request) => new Response(request.method === "POST" ? request.body : "hello ".repeat(300)));
