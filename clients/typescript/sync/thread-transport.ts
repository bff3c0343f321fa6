import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { XsysError } from "../../../protocol/errors.ts";
import type { HelloAnswer } from "../../../protocol/wire/message.ts";
import { timedOut, unavailable } from "../call-errors.ts";
import { AUTOSTART_WAIT } from "../start/start-service.ts";
import type { TransportOptions } from "./socket-transport.ts";
import type { SyncAnswer, SyncCall, SyncTransport } from "./sync-transport.ts";

/** The thread's workerData. */
export interface ThreadData extends TransportOptions {
  readonly port: MessagePort;
  /** One counter. The thread increments it with every message and wakes the waiting thread. */
  readonly sent: Int32Array;
}

/** A message from the thread. */
export interface ThreadAnswer {
  readonly error?: Pick<XsysError, "code" | "message" | "details"> | undefined;
  readonly hello?: HelloAnswer;
  readonly result?: unknown;
  readonly bytes: Uint8Array;
  readonly events: readonly unknown[];
}

/** Milliseconds after a call's timeout, which the thread itself enforces, until the thread is terminated. */
const GRACE = 1_000;
/** Milliseconds that the thread may take to start. */
const START = 10_000;

/** Sends calls through a thread that runs the asynchronous client, for platforms where a socket has no descriptor. */
export class ThreadTransport implements SyncTransport {
  readonly socket: string;
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #sent = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #hello: HelloAnswer | undefined;
  #closed = false;

  /**
   * @throws UNAVAILABLE when no service answers in time, or the error with which the service refuses the connection.
   */
  constructor(options: TransportOptions) {
    this.socket = options.socket;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: ThreadData = { ...options, port: port2, sent: this.#sent };
    this.#thread = new Worker(new URL("thread.ts", import.meta.url), { workerData, transferList: [port2] });
    this.#thread.unref();
    this.#port.unref();
    try {
      const wait = options.autostart ? Math.max(options.wait, AUTOSTART_WAIT) : options.wait;
      this.#take(wait + START, () => unavailable(options.socket, new Error("the thread did not start")));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get hello(): HelloAnswer {
    return this.#hello as HelloAnswer;
  }

  call(call: SyncCall): SyncAnswer {
    if (this.#closed) throw unavailable(this.socket, new Error("this client was closed"));
    this.#port.postMessage(call);
    const limit = call.timeout > 0 ? call.timeout + GRACE : Number.POSITIVE_INFINITY;
    const { result, bytes, events } = this.#take(limit, () => timedOut(call.name, call.timeout));
    return { result, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), events };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port.close();
    void this.#thread.terminate();
  }

  #take(limit: number, timeoutError: () => XsysError): ThreadAnswer {
    const answer = this.#receive(limit);
    if (answer === undefined) {
      this.close();
      throw timeoutError();
    }
    this.#hello = answer.hello ?? this.#hello;
    if (answer.error !== undefined) throw new XsysError(answer.error.code, answer.error.message, answer.error);
    return answer;
  }

  /** The next message, or undefined when none arrives within `limit` milliseconds. */
  #receive(limit: number): ThreadAnswer | undefined {
    const deadline = performance.now() + limit;
    for (;;) {
      const seen = Atomics.load(this.#sent, 0);
      const message = receiveMessageOnPort(this.#port)?.message as ThreadAnswer | undefined;
      if (message !== undefined) return message;
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      Atomics.wait(this.#sent, 0, seen, left);
    }
  }
}
