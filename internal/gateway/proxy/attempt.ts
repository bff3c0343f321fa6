import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Answer } from "../exchange/answer.ts";
import { answerHeaders } from "./answer-headers.ts";
import { ClientBody } from "./client-body.ts";
import type { ForwardedRequest } from "./forwarded-request.ts";
import type { Upstream } from "./upstream.ts";
import { UpstreamBody } from "./upstream-body.ts";

/** Maximum bytes of a buffered answer: it is written at once, and another upstream can replace it if this one fails. */
const MAX_BUFFERED = 16_384;
/** Maximum number of 1xx answers before the final one. Each of them restarts the timeout. */
const MOST_INTERIM = 100;

/** One request to one upstream. */
export class Attempt implements Dispatcher.DispatchHandler {
  /** Rejects with undici's error, or with that of the request's body. */
  readonly answer: Promise<Answer>;
  /** The upstream may have received a part of the request. */
  wasSent = false;
  /** The upstream has begun to send an answer. */
  hasBegun = false;
  readonly #request: ForwardedRequest;
  readonly #upstream: Upstream;
  readonly #sentAt = performance.now();
  readonly #outcome = Promise.withResolvers<Answer>();
  #controller: Dispatcher.DispatchController | undefined;
  #isAborted = false;
  #interim = 0;
  #status = 0;
  #headers: Answer["headers"] = {};
  #chunks: Buffer[] = [];
  #body: UpstreamBody | undefined;

  /** @param timeout - milliseconds until the answer begins, and between its chunks; 0 for no timeout */
  constructor(request: ForwardedRequest, upstream: Upstream, timeout: number) {
    this.#request = request;
    this.#upstream = upstream;
    this.answer = this.#outcome.promise;
    const { method, path, headers, body: given } = request;
    const body = given === undefined || given instanceof Uint8Array ? (given ?? null) : new ClientBody(given);
    // By default, undici would use the client's Host as the TLS server name, and separate connections by it.
    const { hostname: servername } = upstream.address;
    const options = { method, path, headers, body, headersTimeout: timeout, bodyTimeout: timeout, servername };
    upstream.active += 1;
    upstream.pool.dispatch(options, this);
  }

  /** Called when the client has disconnected. */
  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort(new Error("the client disconnected"));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.wasSent = true;
    this.#controller = controller;
    if (this.#isAborted) this.abort();
  }

  onResponseStarted(): void {
    this.hasBegun = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > MOST_INTERIM)
        controller.abort(new Error(`the upstream sent more than ${MOST_INTERIM} answers below 200`));
      return;
    }
    this.#upstream.answered(performance.now() - this.#sentAt);
    const hasBody = this.#request.method !== "HEAD" && status !== 204 && status !== 304;
    const isWhole = hasBody && Number(headers["content-length"] ?? Number.POSITIVE_INFINITY) <= MAX_BUFFERED;
    this.#status = status;
    this.#headers = answerHeaders(headers, isWhole);
    if (isWhole || !hasBody) return;
    this.#body = new UpstreamBody(controller);
    this.#outcome.resolve({ status, headers: this.#headers, body: this.#body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body === undefined) this.#chunks.push(chunk);
    else this.#body.add(chunk);
  }

  onResponseEnd(): void {
    this.#controller = undefined;
    this.#upstream.active -= 1;
    this.#body?.push(null);
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : this.#chunks[0];
    this.#outcome.resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#upstream.active -= 1;
    if (this.#body?.destroyed === false && !this.#isAborted) this.#upstream.failed();
    this.#body?.destroy(error);
    this.#outcome.reject(error);
  }
}
