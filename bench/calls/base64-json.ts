import { once } from "node:events";
import { connect, createServer } from "node:net";
import { FrameReader, FrameWriter } from "../../protocol/wire/frame.ts";
import { assertComplete, TRANSFER_BYTES } from "./bytes.ts";
import type { Contender } from "./contender.ts";
import { Queue } from "./queue.ts";

/** Transfers of bytes with JSON alone: all bytes in base64 in one message, over xsys's frames. */
export default {
  serve: async (path) => {
    const server = createServer((peer) => {
      const [reader, writer] = [new FrameReader(), new FrameWriter(peer)];
      const echo = (payload: Buffer) => {
        const bytes = Buffer.from(JSON.parse(payload.toString()).data, "base64");
        writer.json(JSON.stringify({ data: bytes.toString("base64") }));
      };
      peer.on("data", (bytes: Buffer) => reader.push(bytes, echo));
    }).listen(path);
    await once(server, "listening");
  },
  connect: async (path) => {
    const socket = connect(path);
    await once(socket, "connect");
    const [reader, writer, queue] = [new FrameReader(), new FrameWriter(socket), new Queue()];
    socket.on("data", (bytes: Buffer) => {
      reader.push(bytes, (payload) => queue.answer(Buffer.from(JSON.parse(payload.toString()).data, "base64")));
    });
    const sent = Buffer.alloc(TRANSFER_BYTES, "x");
    const call = async () => {
      const back = await queue.ask(() => writer.json(JSON.stringify({ data: sent.toString("base64") })));
      assertComplete((back as Buffer).length);
    };
    return { call };
  },
} satisfies Contender;
