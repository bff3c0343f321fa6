import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { WorkerAnswer } from "../../workers/answer.ts";
import type { Exchange } from "./exchange.ts";

/** What an HTTP request is answered with, whoever made it. */
export interface Answer extends WorkerAnswer {
  /** The body is kept, and the same object for whoever asks next: what is made of it may be kept as well. */
  readonly isKept?: boolean;
}

/** Looks at a request before its body was read: an answer refuses it. */
export type Gate = (exchange: Exchange) => Answer | undefined | Promise<Answer | undefined>;

/** Looks at a request whose body was read, and may change it; an answer refuses it. */
export type RequestFilter = (
  request: WorkerRequest,
  exchange: Exchange,
) => WorkerRequest | Answer | Promise<WorkerRequest | Answer>;

/** Changes an answer on its way to the client. */
export type AnswerFilter = (answer: Answer, exchange: Exchange) => Answer | Promise<Answer>;

export function isAnswer(value: WorkerRequest | Answer): value is Answer {
  return "status" in value;
}

/** An answer that says in JSON what is wrong: `{"error":"…"}`, as XyPriss's engine has it. */
export function errorAnswer(status: number, message: string, headers: Headers = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: Buffer.from(JSON.stringify({ error: message })),
  };
}
