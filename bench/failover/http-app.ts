/** The application of the peers, with node:http. It answers with its process id and shuts down gracefully. */
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
