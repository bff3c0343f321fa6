import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { WorkerAnswer } from "../../workers/answer.ts";
import type { Exchange } from "./exchange.ts";

/** The answer to an HTTP request, from whatever source. */
export interface Answer extends WorkerAnswer {
  /**
   * The body is cached, and later answers share the same object, so data derived from it can be cached by its identity.
   */
  readonly isKept?: boolean;
}

/** The part of a request that gates know. It may be in another process than the request. */
export type GatedRequest = Pick<Exchange, "client" | "path" | "addHeader" | "onEnd">;

/** Checks a request before its body is read. An answer refuses the request. */
export type Gate = (request: GatedRequest) => Answer | undefined | Promise<Answer | undefined>;

/** Checks a request whose body was read, and may change it. An answer refuses the request. */
export type RequestFilter = (
  request: WorkerRequest,
  exchange: Exchange,
) => WorkerRequest | Answer | Promise<WorkerRequest | Answer>;

/** Changes an answer before it is sent to the client. */
export type AnswerFilter = (answer: Answer, exchange: Exchange) => Answer | Promise<Answer>;

export function isAnswer(value: WorkerRequest | Answer): value is Answer {
  return "status" in value;
}

/** An error as JSON, `{"error":"…"}`, as XyPriss's engine sends it. */
export function errorAnswer(status: number, message: string, headers: Headers = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: Buffer.from(JSON.stringify({ error: message })),
  };
}
