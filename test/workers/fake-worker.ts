import type { RoleInbox, RolePeer } from "../../internal/ipc/role.ts";
import type { WorkerPool } from "../../internal/workers/worker-pool.ts";
import { CHUNK_HEADER_BYTES, CHUNK_MARK, FrameReader, FrameWriter } from "../../protocol/wire/frame.ts";
import type { RequestPayload, WorkerRegistration } from "../../protocol/wire/worker.ts";

/** A worker's connection without a socket. It receives what it is sent at once. */
export class FakeWorker implements RolePeer {
  readonly writer: FrameWriter;
  readonly isOpen = true;
  unsent = 0;
  /** Number of body bytes received. */
  bytes = 0;
  readonly #told: { readonly type: string; readonly payload: unknown }[] = [];
  readonly #asked: RequestPayload[] = [];
  readonly #onGone: (() => void)[] = [];
  #inbox: RoleInbox | undefined;

  constructor() {
    const reader = new FrameReader();
    const take = (payload: Buffer) => {
      if (payload[0] === CHUNK_MARK) {
        this.bytes += payload.length - CHUNK_HEADER_BYTES;
        return;
      }
      const { id: _, ...message } = JSON.parse(payload.toString());
      if (message.type === "Request") this.#asked.push(message.payload);
      else this.#told.push(message);
    };
    const write = (bytes: Uint8Array) => {
      reader.push(Buffer.from(bytes), take);
      return true;
    };
    this.writer = new FrameWriter({ write, cork: () => {}, uncork: () => {} });
  }

  /** A worker that has registered and sent its routes. */
  static join(pool: WorkerPool, registration: WorkerRegistration = { id: "0" }): FakeWorker {
    const worker = new FakeWorker();
    worker.#inbox = pool.admit(worker, registration);
    worker.say("SyncRoutes", []);
    return worker;
  }

  get asked(): readonly RequestPayload[] {
    this.writer.flush();
    return this.#asked;
  }

  /** All messages except requests. */
  get told(): readonly { readonly type: string; readonly payload: unknown }[] {
    this.writer.flush();
    return this.#told;
  }

  say(type: string, payload: unknown): void {
    this.#inbox?.message({ type, payload });
  }

  answer(request: number, status: number): void {
    this.say("Response", { id: this.asked[request]?.id, status, headers: {} });
  }

  leave(): void {
    for (const listener of this.#onGone) listener();
  }

  fail(): void {
    this.leave();
  }

  close(): void {
    this.leave();
  }

  onGone(listener: () => void): void {
    this.#onGone.push(listener);
  }
}
