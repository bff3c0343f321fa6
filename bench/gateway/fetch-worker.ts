/** A worker on the SDK whose handler gives a Response for a Request. */
import { serveWorker } from "../../clients/typescript/worker.ts";

await serveWorker(() => new Response("hello", { headers: { "content-type": "text/plain" } }), {
  routes: [{ method: "GET", path: "/" }],
});
