import type { Socket } from "node:net";
import { XsysError } from "../../../protocol/errors.ts";
import { FrameWriter, XBP_REQUEST_MARK } from "../../../protocol/wire/frame.ts";
import { type Credit, encodeMessage, type Message, type ResponsePayload } from "../../../protocol/wire/message.ts";
import { MessageReader } from "../../../protocol/wire/message-reader.ts";
import type { GatewaysPayload, RequestPayload } from "../../../protocol/wire/worker.ts";
import { decodeXbpRequest } from "../../../protocol/wire/xbp.ts";
import { withResolvers } from "../polyfills.ts";
import { requestOf } from "./json-request.ts";
import { OpenExchanges } from "./open-exchanges.ts";
import { WorkerExchange } from "./worker-exchange.ts";

/** Milliseconds that the gateway has to read what was sent at the end. */
const END_TIMEOUT = 5_000;

/** Callbacks of a worker's connection. */
export interface WorkerLinkOwner {
  take(exchange: WorkerExchange): void;
  onError(error: unknown): void;
  /** The service has gateway processes, to which the worker must connect. */
  onGateways?(gateways: GatewaysPayload): void;
  /** The gateway is being replaced: the worker is to connect again. This connection stays open. */
  onJoinAgain?(): void;
}

/** A worker's connection to a gateway or its service. When it is lost, all its unanswered requests are lost. */
export class WorkerLink {
  readonly writer: FrameWriter;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #owner: WorkerLinkOwner;
  /** Requests that were not over when `take` returned. */
  readonly #open = new OpenExchanges<WorkerExchange>();
  readonly #left = withResolvers<void>();
  /** Called when no request is in progress. */
  #onIdle: (() => void) | undefined;
  #isLost = false;

  constructor(socket: Socket, owner: WorkerLinkOwner) {
    this.#socket = socket;
    this.writer = new FrameWriter(socket);
    this.#owner = owner;
    const { promise, resolve } = withResolvers<void>();
    this.closed = promise;
    const reader = new MessageReader({
      message: (message) => this.#takeMessage(message),
      chunk: (id, bytes, last) => this.#takeChunk(id, bytes, last),
      binary: (payload) => this.#takeXbp(payload),
      fault: (error) => this.#fault(error),
    });
    socket.on("data", (bytes: Buffer) => reader.receive(bytes));
    socket.on("error", (cause) => this.#lose(`the connection to the gateway failed: ${cause.message}`));
    socket.on("close", () => {
      this.#lose("the gateway closed the connection");
      resolve();
    });
  }

  close(): void {
    this.#lose("this worker closed the connection");
  }

  /** Asks for no more requests. Resolves when those in progress are answered. */
  async leave(): Promise<void> {
    if (this.#isLost) return;
    this.writer.json(encodeMessage("Leave", {}));
    await Promise.race([this.#left.promise, this.closed]);
    await this.#idle();
  }

  /**
   * Ends the connection. Resolves when the gateway has read everything and has ended it, too, so that the process may exit:
   * if the socket is closed earlier, what the gateway writes fails, and it loses what it has not read yet.
   */
  async end(): Promise<void> {
    if (this.#isLost) return;
    this.writer.flush();
    this.#socket.end();
    const { promise: tooLong, resolve } = withResolvers<void>();
    const timer = setTimeout(resolve, END_TIMEOUT);
    await Promise.race([this.closed, tooLong]);
    clearTimeout(timer);
  }

  /** Aborts all requests in progress, so that the gateway can see that they failed. */
  abort(reason: string): void {
    for (const exchange of this.#open.all()) exchange.fail(reason);
  }

  /** Whether the connection keeps the process running. */
  keepAlive(keeps: boolean): void {
    if (keeps) this.#socket.ref();
    else this.#socket.unref();
  }

  /** The request is over: it was answered or is no longer needed. */
  forget(id: number): void {
    this.#open.delete(id);
    if (this.#onIdle !== undefined && this.#open.all().length === 0) this.#onIdle();
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open.all().length === 0) resolve();
      else this.#onIdle = resolve;
    });
  }

  #fault(error: unknown): void {
    this.#owner.onError(error);
    this.#lose(`the gateway violated the protocol: ${(error as Error).message}`);
  }

  #takeXbp(payload: Buffer): boolean {
    if (payload[0] !== XBP_REQUEST_MARK) return false;
    const request = decodeXbpRequest(payload);
    this.#begin(new WorkerExchange(this, request.id, request, { xbp: true }));
    return true;
  }

  #takeChunk(id: number, bytes: Buffer, last: boolean): void {
    const exchange = this.#open.get(id);
    exchange?.input?.push(bytes);
    if (last) exchange?.inputEnded();
  }

  #takeMessage({ type, id, payload }: Message): void {
    if (type === "Request") {
      const { id: text, input = false, upgrade = false } = payload as RequestPayload;
      this.#begin(new WorkerExchange(this, text, requestOf(payload as RequestPayload), { input, upgrade }));
    } else if (type === "Ping") this.writer.json(encodeMessage("Pong", {}, id));
    else if (type === "ForceGC") globalThis.gc?.();
    else if (type === "Gateways") this.#owner.onGateways?.(payload as GatewaysPayload);
    else if (type === "JoinAgain") this.#owner.onJoinAgain?.();
    else if (type === "Left") this.#left.resolve();
    else if (type === "Credit" && id !== undefined) this.#open.get(id)?.grant((payload as Credit).bytes ?? 0);
    else if (type === "Cancel" && id !== undefined) {
      this.#open.get(id)?.lose(new XsysError("CANCELLED", "the client has disconnected"));
    } else if (type === "Response") this.#refused(payload as ResponsePayload);
  }

  #begin(exchange: WorkerExchange): void {
    this.#owner.take(exchange);
    if (!exchange.isOver) this.#open.add(exchange);
  }

  /** A service answers a registration only to refuse it: it accepts no workers, or not this one. */
  #refused({ error = "no reason given" }: ResponsePayload): void {
    const why = `the gateway refused this worker: ${error}`;
    this.#owner.onError(new XsysError("UNAVAILABLE", why));
    this.#lose(why);
  }

  #lose(why: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#socket.destroy();
    const error = new XsysError("UNAVAILABLE", why);
    for (const exchange of this.#open.all()) exchange.lose(error);
  }
}
