/** A simple reverse proxy with undici's fastest API, dispatch(): `undici-proxy.ts SOCKET`. */
import { createServer, type ServerResponse } from "node:http";
import { type Dispatcher, Pool } from "undici";

const [socketPath = ""] = process.argv.slice(2);
const pool = new Pool("http://worker", { socketPath, connections: 32 });
const server = createServer((request, response) => {
  const { method = "GET", url = "/", headers } = request;
  const { connection: _hop, ...onward } = headers;
  pool.dispatch({ path: url, method: method as Dispatcher.HttpMethod, headers: onward }, relayTo(response));
});
server.listen(0, "127.0.0.1", () => console.log("listening on", JSON.stringify(server.address())));

function relayTo(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart: () => {},
    onResponseStart: (_controller, status, { connection: _hop, "keep-alive": _time, ...headers }) => {
      response.writeHead(status, headers as Record<string, string>);
    },
    onResponseData: (_controller, bytes) => {
      response.write(bytes);
    },
    onResponseEnd: () => {
      response.end();
    },
    onResponseError: () => {
      response.writeHead(502).end();
    },
  };
}
