import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { XsysError } from "../../../protocol/errors.ts";
import type { HelloAnswer } from "../../../protocol/wire/message.ts";
import { timedOut, unavailable } from "../call-errors.ts";
import { AUTOSTART_WAIT } from "../start/start-service.ts";
import type { CarrierOptions } from "./socket-carrier.ts";
import type { SyncAnswer, SyncCall, SyncCarrier } from "./sync-carrier.ts";

/** What the thread is started with. */
export interface ThreadData extends CarrierOptions {
  readonly port: MessagePort;
  /** Its one number is raised, and whoever waits on it woken, with every message that is sent. */
  readonly sent: Int32Array;
}

/** What the thread answers with. */
export interface ThreadAnswer {
  readonly error?: Pick<XsysError, "code" | "message" | "details"> | undefined;
  readonly hello?: HelloAnswer;
  readonly result?: unknown;
  readonly bytes: Uint8Array;
  readonly events: readonly unknown[];
}

/** Milliseconds beyond a call's timeout, which the thread keeps by itself, after which it is given up. */
const GRACE = 1_000;
/** Milliseconds that the thread itself may take to start. */
const START = 10_000;

/**
 * Carries calls through a thread that has the asynchronous client, and waits for it: where a socket has no descriptor.
 */
export class ThreadCarrier implements SyncCarrier {
  readonly socket: string;
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #sent = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #hello: HelloAnswer | undefined;
  #closed = false;

  /** @throws UNAVAILABLE when no service answers in time, or what the service refuses the connection with. */
  constructor(options: CarrierOptions) {
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
    const patience = call.timeout > 0 ? call.timeout + GRACE : Number.POSITIVE_INFINITY;
    const { result, bytes, events } = this.#take(patience, () => timedOut(call.name, call.timeout));
    return { result, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), events };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port.close();
    void this.#thread.terminate();
  }

  #take(patience: number, silent: () => XsysError): ThreadAnswer {
    const answer = this.#receive(patience);
    if (answer === undefined) {
      this.close();
      throw silent();
    }
    this.#hello = answer.hello ?? this.#hello;
    if (answer.error !== undefined) throw new XsysError(answer.error.code, answer.error.message, answer.error);
    return answer;
  }

  /** The next message, or undefined when none came in so many milliseconds. */
  #receive(patience: number): ThreadAnswer | undefined {
    const deadline = performance.now() + patience;
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
