// Starts a process in a session of its own that has the port, answers with its process id, and ignores signals.
const { spawn } = require("node:child_process");
const { createServer } = require("node:http");

if (process.argv[2] === "child") {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  createServer((_request, response) => response.end(String(process.pid))).listen(process.env.PORT, "127.0.0.1");
} else {
  spawn(process.execPath, [__filename, "child"], { detached: true, stdio: "ignore" });
  setInterval(() => {}, 1e9);
}
