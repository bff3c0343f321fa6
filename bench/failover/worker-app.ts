/** The application of xsys, with the SDK. It answers with its process id. */
import { serveWorker } from "../../clients/typescript/worker.ts";
import { crashAtStart } from "./crash-at-start.ts";
import { CRASH } from "./crash-path.ts";

crashAtStart();
await serveWorker((request) => (request.url.endsWith(CRASH) ? process.exit(1) : new Response(String(process.pid))), {
  routes: [
    { method: "GET", path: "/" },
    { method: "POST", path: "/" },
  ],
});
