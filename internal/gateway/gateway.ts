import type { Readable } from "node:stream";
import type { WorkerRequest } from "../../protocol/wire/worker.ts";
import type { Logger } from "../base/log.ts";
import { DELEGATED } from "../workers/answer-head.ts";
import type { Failure } from "../workers/job.ts";
import type { WorkerPool } from "../workers/worker-pool.ts";
import { BodyReader, type RequestBody } from "./body/body-reader.ts";
import { BodyTooLarge, hasBody, TOO_LARGE } from "./body/read-body.ts";
import { Dispatch, noWorkerAnswer } from "./dispatch/dispatch.ts";
import { workerRequest } from "./dispatch/worker-request.ts";
import { type Answer, errorAnswer, isAnswer } from "./exchange/answer.ts";
import { createClientAddress, createRemoteAddr, createTrust } from "./exchange/client-address.ts";
import { Exchange } from "./exchange/exchange.ts";
import type { GatewayRequest, GatewayResponse } from "./exchange/http-messages.ts";
import { ALLOWED, requestFault } from "./exchange/request-faults.ts";
import { requestForLog } from "./exchange/request-for-log.ts";
import { traceAnswer } from "./exchange/trace.ts";
import { throughSteps, whenResolved } from "./exchange/when-resolved.ts";
import { writeAnswer } from "./exchange/write-answer.ts";
import type { Features } from "./features.ts";
import type { RefuseBody } from "./listener/broken-connection.ts";
import type { Arrival } from "./listener/request-handler.ts";
import { BoundedWarnings } from "./observe/bounded-warnings.ts";
import type { Observer } from "./observe/observer.ts";
import type { StatusPages } from "./observe/status-pages.ts";
import type { GatewayOptions } from "./options.ts";
import type { RouteMatch, RouteTable } from "./routes/route-table.ts";
import { closeAtEnd } from "./upgrade/tunnel.ts";
import { connectUpgraded } from "./upgrade/upgraded.ts";
import { removeFiles } from "./uploads/uploads.ts";

export interface GatewayParts {
  readonly pool: WorkerPool;
  readonly routes: RouteTable;
  readonly features: Features;
  readonly observer: Observer;
  readonly statusPages: StatusPages;
  readonly log: Logger;
}

const URI_TOO_LONG = errorAnswer(414, "URI Too Long");
const OPEN_BREAKER = errorAnswer(503, "Service Unavailable: too many consecutive requests have failed");
const BAD_ANSWER = errorAnswer(502, "Bad Gateway: the answer cannot be sent over HTTP");
const INTERNAL_ERROR = errorAnswer(500, "Internal Server Error");

/** Why a worker did not answer, for the log. */
const FAILURES: Readonly<Record<Failure, string>> = {
  lost: "the worker was lost while it handled the request",
  garbage: "the worker sent an invalid response",
  timeout: "the worker did not answer in time",
  "too-large": "the request is too large for a frame",
  "no-worker": "no worker is ready",
  convicted: "every worker that handled the request exited unexpectedly",
  suspect: "the worker exited unexpectedly while it handled the request",
};

/**
 * Handles HTTP requests. A request passes the gates, and is then answered from a file, by an upstream or by a worker.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #parts: GatewayParts;
  readonly #bodies: BodyReader;
  readonly #client: (request: GatewayRequest) => string;
  readonly #isFromTrusted: (request: GatewayRequest) => boolean;
  readonly #remoteAddr: (exchange: Exchange) => string;
  readonly #warnings: BoundedWarnings;
  /** HTTP/1.1 exchanges with a body, which the parser may still find to be malformed. */
  readonly #withBody = new WeakMap<GatewayResponse, Exchange>();
  #isDraining = false;
  #isUntrustedLogged = false;

  constructor(options: GatewayOptions, parts: GatewayParts) {
    this.#options = options;
    this.#parts = parts;
    this.#bodies = new BodyReader(options, parts);
    this.#client = createClientAddress(options.trustProxy);
    this.#warnings = new BoundedWarnings(parts.log);
    this.#isFromTrusted = createTrust(options.trustProxy);
    this.#remoteAddr = createRemoteAddr(options.trustProxy);
  }

  readonly handle = (request: GatewayRequest, response: GatewayResponse, arrival: Arrival = {}): void => {
    const { observer, statusPages } = this.#parts;
    const client = this.#client(request);
    const isFromTrusted = this.#isFromTrusted(request);
    if (!isFromTrusted && request.headers["x-forwarded-for"] !== undefined) this.#logUntrusted(client);
    const exchange = new Exchange(request, response, client, arrival.upgrade, isFromTrusted);
    // For HTTP/2, the stream: Node's response emits no `close` when a HEAD request is reset before it is answered.
    const end = arrival.socket ?? ("stream" in response ? response.stream : response);
    end.on("close", () => exchange.end());
    if ("shouldKeepAlive" in response && hasBody(exchange)) this.#withBody.set(response, exchange);
    observer.began(exchange);
    this.#guarded(exchange, () => {
      const fault = requestFault(exchange, this.#options.allowTrace === true);
      const page = fault === undefined ? statusPages(exchange) : undefined;
      if (fault !== undefined) this.#refuse(exchange, fault);
      else if (page !== undefined) this.#answer(exchange, page);
      else this.#throughGates(exchange, 0, arrival.awaitsContinue === true);
    });
  };

  /** Refuses a request whose body is malformed or incomplete. */
  readonly refuseBody: RefuseBody = (response, answer, reason) => {
    const exchange = this.#withBody.get(response);
    if (exchange === undefined || exchange.ended) {
      response.destroy();
      return;
    }
    const { status } = answer;
    this.#warnings.warn(
      `body ${reason}`,
      { status, reason, ...requestForLog(exchange) },
      "a request was refused: its body cannot be read completely",
    );
    this.#guarded(exchange, () => this.#refuse(exchange, answer));
  };

  /** From now on, each HTTP/1.1 connection is closed after its next answer. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Logged because `--trust-proxy` may lack a proxy. */
  #logUntrusted(peer: string): void {
    if (this.#isUntrustedLogged) return;
    this.#isUntrustedLogged = true;
    this.#parts.log.info({ peer }, "X-Forwarded-For is ignored: --trust-proxy does not list this peer; logged once");
  }

  /** Closes the connection after the answer: the bytes that follow cannot be interpreted safely. */
  #refuse(exchange: Exchange, answer: Answer): void {
    if ("shouldKeepAlive" in exchange.response) exchange.response.shouldKeepAlive = false;
    this.#answer(exchange, answer);
  }

  #throughGates(exchange: Exchange, from: number, awaitsContinue: boolean): void {
    const { gates } = this.#parts.features;
    for (let at = from; at < gates.length; at++) {
      const refused = gates[at]?.(exchange);
      if (refused === undefined) continue;
      this.#then(exchange, refused, (answer) => {
        if (answer !== undefined) this.#answer(exchange, answer);
        else this.#throughGates(exchange, at + 1, awaitsContinue);
      });
      return;
    }
    if (awaitsContinue && !this.#bodies.refuses(exchange)) exchange.response.writeContinue();
    this.#route(exchange);
  }

  #route(exchange: Exchange): void {
    const { routes, features, pool } = this.#parts;
    const { target, method, path } = exchange;
    if (method === "TRACE") this.#answer(exchange, traceAnswer(exchange));
    else if (target.length > this.#options.maxUrl) this.#answer(exchange, URI_TOO_LONG);
    else if (!pool.wasReady && (pool.expectsWorker || features.upstreams === undefined)) this.#awaitRoutes(exchange);
    else this.#routeTo(exchange, routes.find(method, path), features.upstreams);
  }

  /** Routes are unknown until the first worker has sent them. */
  #awaitRoutes(exchange: Exchange): void {
    const { pool, routes, features } = this.#parts;
    if (this.#bodies.refuses(exchange)) {
      this.#answer(exchange, TOO_LARGE.refused);
      return;
    }
    this.#then(exchange, pool.firstReady(), () => {
      const { upstreams } = features;
      if (!pool.wasReady && upstreams === undefined) this.#answer(exchange, noWorkerAnswer(this.#options.rescue));
      else this.#routeTo(exchange, routes.find(exchange.method, exchange.path), upstreams);
    });
  }

  #routeTo(exchange: Exchange, match: RouteMatch | undefined, upstreams: Features["upstreams"]): void {
    exchange.route = match?.pattern ?? (upstreams === undefined ? "(worker)" : "(proxy)");
    if (match?.file !== undefined) this.#toFile(exchange, match.file);
    else if (match === undefined && upstreams !== undefined) this.#toProxy(exchange, upstreams);
    else {
      const allowed = this.#parts.features.breaker?.allows() ?? true;
      if (allowed === true) this.#readForWorker(exchange, match);
      else if (allowed === false) this.#answer(exchange, OPEN_BREAKER);
      else {
        this.#then(exchange, allowed, (isAllowed) => {
          if (isAllowed) this.#readForWorker(exchange, match);
          else this.#answer(exchange, OPEN_BREAKER);
        });
      }
    }
  }

  #readForWorker(exchange: Exchange, match: RouteMatch | undefined): void {
    this.#then(exchange, this.#bodies.read(exchange), (body) => this.#toWorker(exchange, match, body));
  }

  #toFile(exchange: Exchange, { path, isMount, rest }: NonNullable<RouteMatch["file"]>): void {
    const { files } = this.#parts.features;
    this.#answer(exchange, isMount ? files.serveBelow(exchange, path, rest) : files.serve(exchange, path));
  }

  #toProxy(exchange: Exchange, upstreams: NonNullable<Features["upstreams"]>): void {
    // The target * refers to the server as a whole, which is the gateway. Source: RFC 9110, 9.3.7.
    if (exchange.target === "*") {
      this.#answer(exchange, { status: 204, headers: ALLOWED });
      return;
    }
    if (exchange.upgrade !== undefined) {
      upstreams.upgrade(exchange, exchange.upgrade);
      return;
    }
    const body = this.#bodies.forward(exchange);
    if (body !== undefined && "refused" in body) {
      this.#answer(exchange, body.refused);
      return;
    }
    if (body !== undefined) this.#refuseWhenTooLarge(exchange, body);
    this.#answer(exchange, upstreams.forward(exchange, body));
  }

  #toWorker(exchange: Exchange, match: RouteMatch | undefined, body: RequestBody): void {
    const { requestFilters } = this.#parts.features;
    const remoteAddr = this.#remoteAddr(exchange);
    const common = { params: match?.params, takesHead: match !== undefined && match.method !== "GET", remoteAddr };
    if ("gone" in body) return;
    if ("refused" in body) this.#answer(exchange, body.refused);
    else if ("rest" in body) {
      this.#refuseWhenTooLarge(exchange, body.rest);
      this.#dispatch(exchange, workerRequest(exchange, { ...common, follows: true }), body.rest);
    } else {
      const read = "upload" in body ? body.upload : { body: body.whole };
      const request = workerRequest(exchange, { ...common, ...read });
      if (requestFilters.length === 0) this.#dispatch(exchange, request);
      else this.#filter(exchange, request);
    }
  }

  #filter(exchange: Exchange, request: WorkerRequest): void {
    const steps = this.#parts.features.requestFilters.map(
      (filter) => (value: WorkerRequest | Answer) => filter(value as WorkerRequest, exchange),
    );
    this.#then(exchange, throughSteps(request as WorkerRequest | Answer, steps, isAnswer), (made) => {
      if (!isAnswer(made)) return this.#dispatch(exchange, made);
      discardFiles(request);
      this.#answer(exchange, made);
    });
  }

  /** For a body without Content-Length that exceeds the limit while it is being forwarded. */
  #refuseWhenTooLarge(exchange: Exchange, body: Readable): void {
    body.on("error", (error) => {
      if (error instanceof BodyTooLarge) this.#answer(exchange, error.answer);
    });
  }

  #dispatch(exchange: Exchange, request: WorkerRequest, input?: Readable): void {
    const { pool, features } = this.#parts;
    const upgrade = exchange.upgrade !== undefined && pool.takesStreams;
    const unwatch = exchange.upgrade && closeAtEnd(exchange.upgrade.socket);
    const dispatch = new Dispatch(
      pool,
      this.#options,
      exchange,
      { request, input, upgrade },
      (answer, failure?: Failure) => {
        unwatch?.();
        if (failure === undefined) features.breaker?.succeeded();
        else if (failure !== "too-large") features.breaker?.failed();
        if (failure !== undefined) this.#logFailure(exchange, answer, failure);
        this.#guarded(exchange, () => this.#answer(exchange, answer));
      },
    );
    dispatch.start();
    if (request.files !== undefined) exchange.onEnd(() => dispatch.place ?? discardFiles(request));
  }

  /** Which worker ended, and why, is logged by its supervisor. */
  #logFailure(exchange: Exchange, { status }: Answer, failure: Failure): void {
    if (status < 500) return;
    const reason = FAILURES[failure];
    const { route } = exchange;
    this.#warnings.warn(
      `${failure} ${route}`,
      { status, reason, route, ...requestForLog(exchange) },
      `a request was answered with ${status}: no worker answered it`,
    );
  }

  /** Resolves a delegated file, applies the answer filters, and writes the answer to the client. */
  #answer(exchange: Exchange, made: Answer | Promise<Answer>): void {
    const { answerFilters, files } = this.#parts.features;
    this.#then(exchange, made, (answer) => {
      if (answer.status === DELEGATED) this.#answer(exchange, files.delegated(exchange, answer));
      else if (answer.status === 101) this.#connect(exchange, answer);
      else if (answerFilters.length === 0) this.#write(exchange, answer);
      else {
        const steps = answerFilters.map((filter) => (value: Answer) => filter(value, exchange));
        this.#then(exchange, throughSteps(answer, steps), (filtered) => this.#write(exchange, filtered));
      }
    });
  }

  #connect(exchange: Exchange, answer: Answer): void {
    const reason = connectUpgraded(exchange, answer);
    if (reason === undefined) return;
    this.#warnings.warn(
      `upgrade ${reason}`,
      { status: 502, reason, ...requestForLog(exchange) },
      "a worker's protocol upgrade was refused",
    );
  }

  #write(exchange: Exchange, answer: Answer): void {
    if (this.#isDraining && "shouldKeepAlive" in exchange.response) exchange.response.shouldKeepAlive = false;
    try {
      writeAnswer(exchange, answer);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#warnings.warn(
        `answer ${exchange.route}`,
        { status: 502, reason, route: exchange.route, ...requestForLog(exchange) },
        "a request was answered with 502: its answer cannot be sent over HTTP",
      );
      discardBody(answer);
      writeAnswer(exchange, BAD_ANSWER);
    }
  }

  #then<T>(exchange: Exchange, value: T | Promise<T>, next: (value: T) => void): void {
    whenResolved(value, next, (error) => this.#failed(exchange, error));
  }

  #guarded(exchange: Exchange, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(exchange, error);
    }
  }

  /** An unexpected error fails only its own request. */
  #failed(exchange: Exchange, error: unknown): void {
    this.#parts.log.error({ err: error }, `an internal error while answering ${exchange.method} ${exchange.path}`);
    writeAnswer(exchange, INTERNAL_ERROR);
  }
}

/** Destroys a body that will not be read, so that its source stops. */
function discardBody({ body }: Answer): void {
  if (body !== undefined && !(body instanceof Uint8Array)) body.destroy();
}

/** Removes the files of an upload that was not sent to a worker; otherwise the worker is responsible for them. */
function discardFiles({ files }: WorkerRequest): void {
  if (files !== undefined) void removeFiles(files);
}
