import type { Readable } from "node:stream";
import { startTimer } from "../../../protocol/timers.ts";
import type { WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { Failure, Job } from "../../workers/job.ts";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";

/** What requests are given to. */
export interface Dispatcher {
  assign(job: Job): void;
  /** Gives it to a worker that has no other job. */
  isolate(job: Job): void;
  abandon(job: Job): void;
}

export interface DispatchOptions {
  /** How often a request is sent once more, and after what pause in milliseconds. */
  readonly retry: { readonly max: number; readonly delay: number };
  /** Words for the 503 when no worker is ready. */
  readonly rescue: boolean;
}

/** Methods that may be carried out twice as well as once. Source: RFC 9110, 9.2.2. */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/**
 * One request's way to an answer by a worker. When a worker is lost on the way, what may be repeated goes to another one,
 * and its client hears nothing of it; anything else is answered with 502 at once. `Losses` tells whether it may be the cause.
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

  /** `done` is told the answer once, and with it the failure that it stands for, if it does. */
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

  /** Sends the request to a worker, unless its client has gone while a gate or a filter took its time. */
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

  get mayRepeat(): boolean {
    return this.#sent <= this.#options.retry.max && this.input === undefined && REPEATABLE.has(this.request.method);
  }

  /** The first time at once: the worker is gone, and another one has nothing to do with why. */
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
        return errorAnswer(502, "Bad Gateway: the worker was lost while it worked on the request");
      case "convicted":
        return errorAnswer(502, "Bad Gateway: workers ended while they worked on this request; it is not sent again");
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

const RESCUE = "Service Unavailable: rescue mode, the workers are being brought back";

export function noWorkerAnswer(rescue: boolean): Answer {
  const message = rescue ? RESCUE : "Service Unavailable: no worker is ready";
  return errorAnswer(503, message, { "retry-after": "1" });
}
