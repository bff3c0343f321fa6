import type { Readable } from "node:stream";
import { startTimer } from "../../../protocol/timers.ts";
import type { WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { Failure, Job } from "../../workers/job.ts";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";

/** Assigns requests to workers. Implemented by WorkerPool. */
export interface Dispatcher {
  assign(job: Job): void;
  /** Assigns the job to a worker that has no other job. */
  isolate(job: Job): void;
  abandon(job: Job): void;
}

export interface DispatchOptions {
  /** Maximum number of retries, and the delay before a retry in milliseconds. */
  readonly retry: { readonly max: number; readonly delay: number };
  /** Whether the message of a 503 says that the workers are being restarted. */
  readonly rescue: boolean;
}

/** Idempotent methods. Source: RFC 9110, 9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/**
 * Sends one request to a worker and waits for its answer. If the worker is lost, a request that may be repeated is sent
 * to another worker, without the client noticing; any other request is answered with 502 at once. `Losses` decides
 * whether the request may be the cause of the loss.
 */
export class Dispatch implements Job {
  readonly request: WorkerRequest;
  readonly client: string;
  readonly input: Readable | undefined;
  readonly upgrade: boolean;
  place: Job["place"];
  readonly #pool: Dispatcher;
  readonly #options: DispatchOptions;
  readonly #exchange: Exchange;
  readonly #done: (answer: Answer, failure?: Failure) => void;
  #sent = 1;
  #isDone = false;

  /** `done` is called once, with the answer and, for an error answer of the gateway, the failure. */
  constructor(
    pool: Dispatcher,
    options: DispatchOptions,
    exchange: Exchange,
    { request, input, upgrade = false }: { request: WorkerRequest; input?: Readable | undefined; upgrade?: boolean },
    done: (answer: Answer, failure?: Failure) => void,
  ) {
    this.#pool = pool;
    this.#options = options;
    this.#done = done;
    this.request = request;
    this.client = exchange.client;
    this.input = input;
    this.upgrade = upgrade;
    this.place = undefined;
    this.#exchange = exchange;
  }

  /** Sends the request to a worker, unless the client has disconnected while a gate or a filter was waiting. */
  start(): void {
    this.#exchange.onEnd(() => this.#abandon());
    if (!this.#isDone) this.#pool.assign(this);
  }

  answered(answer: Answer): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#done(answer);
  }

  failed(failure: Failure): void {
    if (this.#isDone) return;
    if ((failure === "lost" || failure === "suspect") && this.mayRepeat) {
      this.#sent++;
      if (failure === "suspect") this.#pool.isolate(this);
      else this.#sendAgain();
      return;
    }
    this.#isDone = true;
    this.#done(this.#failureAnswer(failure), failure);
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  get mayRepeat(): boolean {
    return this.#sent <= this.#options.retry.max && this.input === undefined && IDEMPOTENT.has(this.request.method);
  }

  /** The first retry is sent at once, because the loss of one worker does not affect the others. */
  #sendAgain(): void {
    const { delay } = this.#options.retry;
    if (this.#sent === 2 || delay === 0) this.#pool.assign(this);
    else startTimer(() => this.#isDone || this.#pool.assign(this), delay);
  }

  #abandon(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#pool.abandon(this);
  }

  #failureAnswer(failure: Failure): Answer {
    switch (failure) {
      case "lost":
      case "suspect":
        return errorAnswer(502, "Bad Gateway: the worker was lost while it handled the request");
      case "convicted":
        return errorAnswer(
          502,
          "Bad Gateway: workers exited unexpectedly while they handled this request; it is not retried",
        );
      case "garbage":
        return errorAnswer(502, "Bad Gateway: the worker sent an invalid response");
      case "timeout":
        return errorAnswer(504, "Gateway Timeout: the worker did not answer in time");
      case "too-large":
        return errorAnswer(413, "Payload Too Large");
      case "no-worker":
        return noWorkerAnswer(this.#options.rescue);
    }
  }
}

const RESCUE = "Service Unavailable: rescue mode, the workers are being restarted";

export function noWorkerAnswer(rescue: boolean): Answer {
  const message = rescue ? RESCUE : "Service Unavailable: no worker is ready";
  return errorAnswer(503, message, { "retry-after": "1" });
}
