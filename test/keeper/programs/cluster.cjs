// Two processes of node:cluster share the port.
const cluster = require("node:cluster");
const { createServer } = require("node:http");

if (cluster.isPrimary) {
  for (let worker = 0; worker < 2; worker++) cluster.fork();
  cluster.on("exit", () => cluster.fork());
} else createServer((_request, response) => response.end(String(process.pid))).listen(process.env.PORT);
