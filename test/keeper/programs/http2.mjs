// HTTP/2 without TLS.
import { createServer } from "node:http2";

createServer((_request, response) => response.end(String(process.pid))).listen(process.env.PORT);
