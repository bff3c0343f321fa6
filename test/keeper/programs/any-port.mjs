// Whatever port is free; it needs to know which one.
import { createServer } from "node:http";

const server = createServer((_request, response) => response.end(String(process.pid)));
server.listen(0, () => {
  if (server.address().port === undefined) throw new Error("no port");
});
