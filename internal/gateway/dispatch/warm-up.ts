import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { pause } from "../../../protocol/timers.ts";
import type { WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { Logger } from "../../base/log.ts";
import type { WorkerAnswer } from "../../workers/answer.ts";
import type { Failure, Job } from "../../workers/job.ts";
import type { Standby } from "../../workers/standby.ts";
import type { RouteTable } from "../routes/route-table.ts";
import { warmUpRequest } from "./worker-request.ts";

/** How often each path is requested. V8 compiles a function lazily at its first call, and optimizes it after several. */
const TIMES = 10;
/** Maximum milliseconds for all requests to one standby. */
const TIME_LIMIT = 10_000;
const TOO_LONG = `no complete response in ${TIME_LIMIT} ms`;

export interface WarmUpOptions {
  /** Paths, possibly with queries. */
  readonly paths: readonly string[];
  readonly routes: RouteTable;
  readonly log: Logger;
}

/**
 * Sends GET requests to a standby, one after the other, so that its code is loaded and compiled before clients wait for
 * it. Stops when the standby replaces another worker. A failed request is logged and changes nothing else.
 */
export async function warmUp(standby: Standby, { paths, routes, log }: WarmUpOptions): Promise<void> {
  const startedAt = performance.now();
  const over = new AbortController();
  const timeout = pause(TIME_LIMIT, over.signal).then(() => TOO_LONG);
  timeout.catch(() => {}); // all requests are done earlier
  const fields = { worker: standby.id };
  let sent = 0;
  for (const path of paths) {
    for (let time = 0; time < TIMES && standby.isWaiting; time++) {
      const request = new WarmUpRequest(standby, warmUpRequest(path, routes));
      sent++;
      const failure = await Promise.race([request.failure, timeout]);
      if (failure === undefined) continue;
      request.abandon();
      if (standby.isWaiting) log.warn({ ...fields, path, failure }, `a warm-up request to worker ${standby.id} failed`);
      if (failure === TOO_LONG) return;
      break; // the others would fail in the same way
    }
  }
  over.abort();
  const milliseconds = Math.round(performance.now() - startedAt);
  log.debug({ ...fields, requests: sent, milliseconds }, `worker ${standby.id} is warmed up`);
}

/** A request whose response is read and dropped. */
class WarmUpRequest implements Job {
  readonly request: WorkerRequest;
  readonly client = "";
  readonly upgrade = false;
  readonly mayRepeat = false;
  readonly isDone = false;
  place: Job["place"];
  /** Resolves when the response was read, with the failure if it is one. */
  readonly failure: Promise<string | undefined>;
  readonly #standby: Standby;
  readonly #settle: (failure: string | undefined | Promise<string | undefined>) => void;
  #body: Readable | undefined;

  constructor(standby: Standby, request: WorkerRequest) {
    this.request = request;
    this.#standby = standby;
    ({ promise: this.failure, resolve: this.#settle } = Promise.withResolvers<string | undefined>());
    standby.send(this);
  }

  answered({ status, body }: WorkerAnswer): void {
    const failure = status >= 400 ? `status ${status}` : undefined;
    if (body instanceof Readable) {
      this.#body = body.resume();
      this.#settle(finished(body).then(() => failure, String));
    } else this.#settle(failure);
  }

  failed(failure: Failure): void {
    this.#settle(failure);
  }

  /** Ends an unfinished response. */
  abandon(): void {
    this.#body?.destroy();
    this.#standby.abandon(this);
  }
}
