import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import type { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import type { EventPayload, EventReader } from "../../protocol/wire/event-stream.ts";
import { cancelled, timedOut } from "./call-errors.ts";
import type { OutgoingCall } from "./outgoing-call.ts";

/** A call from `send()` until it is settled. It is settled only once. */
export class PendingCall {
  readonly call: OutgoingCall;
  /** Set when the call is sent. The id stays in use until the server answers, even after the call was cancelled. */
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

  /** Calls `abandon` when the call's signal is aborted or its timeout expires. */
  watch(abandon: (error: XsysError) => void): void {
    const { name, options } = this.call;
    const { signal, timeout = 0 } = options;
    if (signal === undefined && timeout === 0) return;
    const onAbort = () => abandon(cancelled(name, signal));
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = timeout > 0 ? startTimer(() => abandon(timedOut(name, timeout)), timeout) : undefined;
    this.#release = () => {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    };
  }

  take(payload: EventPayload): void {
    if ("event" in payload) this.events?.push(payload.event);
    else if (!this.#settled) this.#reportProgress(payload.progress);
  }

  resolve(data: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.reader?.end();
    this.events?.end();
    // Created only when there is a writer: the error's stack costs a third of a small call.
    this.writer?.close(new XsysError("CANCELLED", "the call is over"));
    this.call.receiver.resolve(data);
  }

  reject(error: Error): void {
    if (this.#settled) return;
    this.#settle();
    this.reader?.end(error);
    this.events?.end(error);
    this.writer?.close(error);
    this.call.receiver.reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#release?.();
  }

  /** An exception of the caller's onProgress is rethrown outside the reader, so that it does not end the connection. */
  #reportProgress(progress: Parameters<NonNullable<OutgoingCall["options"]["onProgress"]>>[0]): void {
    try {
      this.call.options.onProgress?.(progress);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
