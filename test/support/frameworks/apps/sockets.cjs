const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { WebSocketServer } = require("ws");

const server = createServer((_request, response) => response.end(String(process.pid)));
new Server(server).on("connection", (socket) => socket.on("say", (text, answer) => answer(`socket.io ${text}`)));
const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  if (request.url !== "/ws") return;
  sockets.handleUpgrade(request, socket, head, (client) => client.on("message", (text) => client.send(`ws ${text}`)));
});
server.listen(process.env.PORT);
