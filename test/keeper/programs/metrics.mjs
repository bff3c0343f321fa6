// A second server, on a port of its own that only one process can have at a time.
import { createServer } from "node:http";

const metrics = createServer((_request, response) => response.end(`up{pid="${process.pid}"} 1`));
const listen = () => metrics.listen(process.env.METRICS_PORT, "127.0.0.1");
metrics.on("error", () => setTimeout(listen, 50));
listen();
createServer((_request, response) => response.end(String(process.pid))).listen(process.env.PORT);
