/** The worker that node:http and the proxies serve: `http-worker.ts ADDRESS`, a Unix socket's path or a port. */
import { createServer } from "node:http";

const [address = ""] = process.argv.slice(2);
const server = createServer((_request, response) => response.end("hello"));
server.keepAliveTimeout = 60_000; // nginx keeps its connections for as long
const tell = () => console.log("listening on", JSON.stringify(server.address()));
if (/^\d+$/.test(address)) server.listen(Number(address), "127.0.0.1", tell);
else server.listen(address, tell);
