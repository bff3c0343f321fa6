import type { Contender } from "./contender.ts";
import { answer, type Question, SEGMENTS } from "./question.ts";
import { Queue } from "./queue.ts";

/** Node's IPC channel between parent and child, with JSON serialization. */
export default {
  serve: async () => {
    process.on("message", (question: Question) => process.send?.({ result: answer(question) }));
  },
  connect: async (_socket, server) => {
    const queue = new Queue();
    server.on("message", (message) => queue.answer(message));
    const question = { type: "CoreCommand", module: "path", action: "join", segments: SEGMENTS };
    return { call: () => queue.ask(() => server.send(question)) };
  },
} satisfies Contender;
