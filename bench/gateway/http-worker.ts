/** The server behind the proxies, and of "node:http direct": `http-worker.ts ADDRESS`, a Unix socket path or a port. */
import { createServer } from "node:http";

const [address = ""] = process.argv.slice(2);
const server = createServer((_request, response) => response.end("hello"));
server.keepAliveTimeout = 60_000; // the same as nginx's keepalive_timeout
const report = () => console.log("listening on", JSON.stringify(server.address()));
if (/^\d+$/.test(address)) server.listen(Number(address), "127.0.0.1", report);
else server.listen(address, report);
