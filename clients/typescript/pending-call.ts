import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import type { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import type { EventPayload, EventReader } from "../../protocol/wire/event-stream.ts";
import { cancelled, timedOut } from "./call-errors.ts";
import type { OutgoingCall } from "./outgoing-call.ts";

/** A call between being handed over and being settled, which it is once. */
export class PendingCall {
  readonly call: OutgoingCall;
  /** Set once the call was sent; its place stays taken until the server answers, even when nobody waits any more. */
  id: number | undefined;
  reader: ByteReader | undefined;
  events: EventReader | undefined;
  writer: ByteWriter | undefined;
  #settled = false;
  #release: (() => void) | undefined;

  constructor(call: OutgoingCall) {
    this.call = call;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Has the call given up when its signal or its timeout says so. */
  watch(giveUp: (error: XsysError) => void): void {
    const { name, options } = this.call;
    const { signal, timeout = 0 } = options;
    if (signal === undefined && timeout === 0) return;
    const onAbort = () => giveUp(cancelled(name, signal));
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = timeout > 0 ? startTimer(() => giveUp(timedOut(name, timeout)), timeout) : undefined;
    this.#release = () => {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    };
  }

  take(payload: EventPayload): void {
    if ("event" in payload) this.events?.push(payload.event);
    else if (!this.#settled) this.#tell(payload.progress);
  }

  resolve(data: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.reader?.end();
    this.events?.end();
    // Made for a writer alone: an error's stack would be a third of a small call's cost.
    this.writer?.close(new XsysError("CANCELLED", "the call is over"));
    this.call.waiting.resolve(data);
  }

  reject(error: Error): void {
    if (this.#settled) return;
    this.#settle();
    this.reader?.end(error);
    this.events?.end(error);
    this.writer?.close(error);
    this.call.waiting.reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#release?.();
  }

  /** What the caller's function throws is the caller's, and not the connection's. */
  #tell(progress: Parameters<NonNullable<OutgoingCall["options"]["onProgress"]>>[0]): void {
    try {
      this.call.options.onProgress?.(progress);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
