/** Accepts connections from the socket at descriptor 3, and answers each chunk with its own process id. */
import { createServer } from "node:net";
import { listenOn } from "../../internal/ipc/held-socket.ts";

const server = createServer((socket) => {
  socket.on("data", () => socket.write(`${process.pid}\n`));
  socket.on("error", () => {}); // its peer is gone
});
await listenOn(server, 3);
console.log("listening");
