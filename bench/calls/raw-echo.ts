import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Contender } from "./contender.ts";
import { Queue } from "./queue.ts";

const MESSAGE = Buffer.alloc(120, "x");

/** Baseline: Node alone sends the same number of bytes and back, without frames, JSON or a command. */
export default {
  serve: async (path) => {
    const server = createServer((peer) => peer.on("data", (bytes) => peer.write(bytes))).listen(path);
    await once(server, "listening");
  },
  connect: async (path) => {
    const socket = connect(path);
    await once(socket, "connect");
    const queue = new Queue();
    let received = 0;
    socket.on("data", (bytes: Buffer) => {
      for (received += bytes.length; received >= MESSAGE.length; received -= MESSAGE.length) queue.answer(undefined);
    });
    return { call: () => queue.ask(() => socket.write(MESSAGE)) };
  },
} satisfies Contender;
