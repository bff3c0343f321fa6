import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from "vscode-jsonrpc/node";
import type { Contender } from "./contender.ts";
import { answer, SEGMENTS } from "./question.ts";

/** vscode-jsonrpc, the library of VS Code's language servers, over a Unix socket. */
export default {
  serve: async (path) => {
    const server = createServer((peer) => connectionOver(peer).onRequest("path.join", answer)).listen(path);
    await once(server, "listening");
  },
  connect: async (path) => {
    const socket = connect(path);
    await once(socket, "connect");
    const connection = connectionOver(socket);
    const question = { segments: SEGMENTS };
    return { call: () => connection.sendRequest("path.join", question) };
  },
} satisfies Contender;

function connectionOver(socket: Socket) {
  const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  connection.listen();
  return connection;
}
