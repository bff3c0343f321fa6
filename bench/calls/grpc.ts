import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import type { Contender } from "./contender.ts";
import { answer, type Question, SEGMENTS } from "./question.ts";

const PATH = "/path/join";
const encode = (value: unknown) => Buffer.from(JSON.stringify(value));
const decode = (bytes: Buffer) => JSON.parse(bytes.toString());

/** Unary gRPC calls over a Unix socket, with JSON instead of protobuf. */
export default {
  serve: async (socket) => {
    const server = new Server();
    const join = {
      path: PATH,
      requestStream: false,
      responseStream: false,
      requestSerialize: encode,
      requestDeserialize: decode,
      responseSerialize: encode,
      responseDeserialize: decode,
    };
    server.addService(
      { join },
      { join: (call: { request: Question }, done: Done) => done(null, { result: answer(call.request) }) },
    );
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  },
  connect: async (socket) => {
    const client = new Client(`unix:${socket}`, credentials.createInsecure());
    const question: Question = { segments: SEGMENTS };
    const call = () =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(PATH, encode, decode, question, (error, value) =>
          error === null ? resolve(value) : reject(error),
        );
      });
    return { call };
  },
} satisfies Contender;

type Done = (error: null, value: unknown) => void;
