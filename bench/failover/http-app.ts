/** The application of the peers, on node:http: it says which process it is, and closes gracefully when asked to end. */
import { createServer } from "node:http";
import { crashAtStart } from "./crash-at-start.ts";
import { CRASH } from "./crash-path.ts";

crashAtStart();
const server = createServer((request, response) => {
  if (request.url === CRASH) process.exit(1);
  request.resume();
  response.end(String(process.pid));
});
server.listen(Number(process.env.PORT), "127.0.0.1");
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    server.close(() => process.exit());
    server.closeIdleConnections();
  });
}
