// A Unix socket, for a proxy in front of it.
require("node:http")
  .createServer((_request, response) => response.end(String(process.pid)))
  .listen("app.sock");
