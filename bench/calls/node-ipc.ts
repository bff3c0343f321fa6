import { basename, dirname } from "node:path";
import { IPCModule } from "node-ipc";
import type { Contender } from "./contender.ts";
import { answer, type Question, SEGMENTS } from "./question.ts";
import { Queue } from "./queue.ts";

/** node-ipc: JSON messages over a Unix socket. */
export default {
  serve: async (path) => {
    const ipc = quiet(path);
    await new Promise<void>((resolve) => {
      ipc.serve(path, resolve);
      ipc.server.on("join", (question, peer) => ipc.server.emit(peer, "joined", { result: answer(question) }));
      ipc.server.start();
    });
  },
  connect: async (path) => {
    const ipc = quiet(path);
    const queue = new Queue();
    const server = await new Promise<import("node-ipc").Peer>((resolve) => {
      ipc.connectTo("server", path, () => {
        const peer = ipc.of.server as import("node-ipc").Peer;
        peer.on("connect", () => resolve(peer));
        peer.on("joined", (message) => queue.answer(message));
      });
    });
    const question: Question = { segments: SEGMENTS };
    return { call: () => queue.ask(() => server.emit("join", question)) };
  },
} satisfies Contender;

function quiet(path: string): IPCModule {
  const ipc = new IPCModule();
  ipc.config.silent = true;
  ipc.config.id = basename(path);
  ipc.config.socketRoot = `${dirname(path)}/`;
  return ipc;
}
