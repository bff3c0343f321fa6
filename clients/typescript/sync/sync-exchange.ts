import { INITIAL_EVENTS } from "../../../protocol/wire/event-stream.ts";
import { LAST_CHUNK } from "../../../protocol/wire/frame.ts";
import { encodeMessage, INITIAL_CREDIT, MAX_CHUNK, type ResponsePayload } from "../../../protocol/wire/message.ts";
import { errorOf } from "../call-errors.ts";
import type { FrameQueue } from "./frame-queue.ts";
import type { SyncAnswer } from "./sync-transport.ts";

/** Credit is granted in these steps: small enough that the service does not stall, large enough to cost little. */
const GRANT_BYTES = INITIAL_CREDIT / 4;
const GRANT_EVENTS = INITIAL_EVENTS / 4;

/** One call: the input that follows its message, and everything that the service sends for it. */
export class SyncExchange {
  readonly id: number;
  response: ResponsePayload | undefined;
  readonly #queue: FrameQueue;
  readonly #bytes: Buffer[] = [];
  readonly #events: unknown[] = [];
  #input: Uint8Array | undefined;
  #credit = INITIAL_CREDIT;
  #bytesToGrant = 0;
  #eventsToGrant = 0;

  constructor(id: number, input: Uint8Array | undefined, queue: FrameQueue) {
    this.id = id;
    this.#input = input;
    this.#queue = queue;
  }

  /** Queues the next chunk of the input, within the credit that the service has granted. */
  queueInput(): void {
    const input = this.#input;
    if (input === undefined || this.response !== undefined) return;
    const size = Math.min(input.byteLength, this.#credit, MAX_CHUNK);
    const isLast = size === input.byteLength;
    if (size === 0 && !isLast) return;
    this.#queue.chunk(this.id, input.subarray(0, size), isLast ? LAST_CHUNK : 0);
    this.#credit -= size;
    this.#input = isLast ? undefined : input.subarray(size);
  }

  grant(bytes: number): void {
    this.#credit += bytes;
  }

  takeBytes(bytes: Buffer): void {
    this.#bytes.push(Buffer.from(bytes));
    this.#bytesToGrant += bytes.length;
    if (this.#bytesToGrant < GRANT_BYTES) return;
    this.#queue.json(encodeMessage("Credit", { bytes: this.#bytesToGrant }, this.id));
    this.#bytesToGrant = 0;
  }

  /** Ignores progress, which these calls do not ask for. */
  takeEvent(payload: object): void {
    if (!("event" in payload)) return;
    this.#events.push(payload.event);
    if (++this.#eventsToGrant < GRANT_EVENTS) return;
    this.#queue.json(encodeMessage("Credit", { events: this.#eventsToGrant }, this.id));
    this.#eventsToGrant = 0;
  }

  /** @throws the error in the service's response. */
  answer(): SyncAnswer {
    const response = this.response as ResponsePayload;
    if (response.status === "error") throw errorOf(response);
    return { result: response.data, bytes: Buffer.concat(this.#bytes), events: this.#events };
  }
}
