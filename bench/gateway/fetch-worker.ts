/** A worker with the SDK whose handler returns a Response for a Request. */
import { serveWorker } from "../../clients/typescript/worker.ts";

await serveWorker(() => new Response("hello", { headers: { "content-type": "text/plain" } }), {
  routes: [{ method: "GET", path: "/" }],
});
