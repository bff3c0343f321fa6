/** A worker on the SDK, which speaks XBP. */
import { serveWorker } from "../../clients/typescript/worker.ts";

await serveWorker(() => new Response("hello", { headers: { "content-type": "text/plain" } }), {
  routes: [{ method: "GET", path: "/" }],
});
