/** Our application, on the SDK: it says which process it is. */
import { serveWorker } from "../../clients/typescript/worker.ts";
import { crashAtStart } from "./crash-at-start.ts";

crashAtStart();
await serveWorker(() => new Response(String(process.pid)), {
  routes: [
    { method: "GET", path: "/" },
    { method: "POST", path: "/" },
  ],
});
