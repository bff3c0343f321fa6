import { once } from "node:events";
import { connect, createServer } from "node:net";
import { assertComplete, pieces, TRANSFER_BYTES } from "./bytes.ts";
import type { Contender } from "./contender.ts";

/** Baseline: Node alone, with a socket that is piped back to itself and written to with back pressure. */
export default {
  serve: async (path) => {
    const server = createServer((peer) => peer.pipe(peer)).listen(path);
    await once(server, "listening");
  },
  connect: async (path) => {
    const socket = connect(path);
    await once(socket, "connect");
    const call = async () => {
      let received = 0;
      const back = Promise.withResolvers<void>();
      const count = (bytes: Buffer) => {
        received += bytes.length;
        if (received >= TRANSFER_BYTES) back.resolve();
      };
      socket.on("data", count);
      for (const piece of pieces()) if (!socket.write(piece)) await once(socket, "drain");
      await back.promise;
      socket.off("data", count);
      assertComplete(received);
    };
    return { call };
  },
} satisfies Contender;
