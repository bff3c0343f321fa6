import { XsysError } from "../../../protocol/errors.ts";
import { ByteReader, ByteWriter } from "../../../protocol/wire/byte-stream.ts";
import { type FrameWriter, LAST_CHUNK } from "../../../protocol/wire/frame.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import {
  type Headers,
  INLINE_BODY,
  type WorkerRequest,
  type WorkerResponsePayload,
} from "../../../protocol/wire/worker.ts";
import { sendXbpResponse } from "../../../protocol/wire/xbp.ts";

/** The connection that an exchange belongs to. */
export interface ExchangeOwner {
  readonly writer: FrameWriter;
  /** The exchange is over: nothing that arrives under its id is for it. */
  forget(id: number): void;
}

interface ExchangeTraits {
  /** It came as XBP and is answered so where that has room for it. */
  readonly xbp?: boolean;
  /** Its body follows as chunks. */
  readonly input?: boolean;
  /** The client asks to change the protocol. */
  readonly upgrade?: boolean;
}

/** One request of the gateway and the answer to it, which is given whole, or begun and written. */
export class WorkerExchange {
  readonly request: WorkerRequest;
  /** The number of its chunks. */
  readonly id: number;
  /** The body, when it follows as chunks. */
  readonly input: ByteReader | undefined;
  readonly isUpgrade: boolean;
  readonly #owner: ExchangeOwner;
  readonly #idText: string;
  readonly #xbp: boolean;
  #output: ByteWriter | undefined;
  #outputEnded = false;
  #inputEnded: boolean;
  #upgraded = false;
  #lost: XsysError | undefined;
  #onLost: ((error: XsysError) => void)[] | undefined;

  constructor(owner: ExchangeOwner, id: string, request: WorkerRequest, traits: ExchangeTraits) {
    this.#owner = owner;
    this.#idText = id;
    this.id = Number(id);
    this.request = request;
    this.#xbp = traits.xbp === true;
    this.isUpgrade = traits.upgrade === true;
    this.#inputEnded = traits.input !== true;
    this.input = this.#inputEnded ? undefined : new ByteReader((bytes) => this.#grant(bytes));
  }

  /** Whether it was answered to the end, or nobody waits for the answer. */
  get isOver(): boolean {
    return this.#lost !== undefined || (this.#outputEnded && (this.#inputEnded || !this.#upgraded));
  }

  get isAnswered(): boolean {
    return this.#outputEnded || this.#output !== undefined;
  }

  /** Runs when nobody waits for the answer any more: the client has gone, or the gateway. */
  onLost(listener: (error: XsysError) => void): void {
    if (this.#lost !== undefined) listener(this.#lost);
    else if (this.#onLost === undefined) this.#onLost = [listener];
    else this.#onLost.push(listener);
  }

  /** Answers with a whole body, which must not change afterwards. */
  answer(status: number, headers: Headers, body?: Uint8Array): void {
    if (this.#lost !== undefined || this.isAnswered) return;
    if (body !== undefined && body.byteLength > INLINE_BODY) {
      this.begin(status, headers)
        .write(body)
        .then(
          () => this.end(),
          () => {}, // nobody reads it any more
        );
      return;
    }
    const { writer } = this.#owner;
    if (!this.#xbp || !sendXbpResponse(writer, this.#idText, status, headers, body)) {
      this.#sendJson({ id: this.#idText, status, headers, body: body === undefined ? null : base64(body) });
    }
    this.#outputEnded = true;
    this.#settle();
  }

  /** Answers with a body that is written; with status 101 both bodies are the connection's bytes from then on. */
  begin(status: number, headers: Headers): ByteWriter {
    const output = new ByteWriter((bytes) => this.#owner.writer.chunk(this.id, bytes));
    this.#output = output;
    this.#upgraded = status === 101;
    if (this.#lost !== undefined) output.close(this.#lost);
    else this.#sendJson({ id: this.#idText, status, headers, output: true });
    return output;
  }

  /** The answer that was begun is all written. */
  end(): void {
    if (this.#lost !== undefined || this.#outputEnded) return;
    this.#outputEnded = true;
    this.#owner.writer.chunk(this.id, new Uint8Array(), LAST_CHUNK);
    this.#settle();
  }

  /** The answer that was begun has failed: the client is shown that it is not whole. */
  fail(reason: string): void {
    if (this.isOver) return;
    this.#owner.writer.json(encodeMessage("Cancel", { reason }, this.id));
    this.lose(new XsysError("CANCELLED", reason));
  }

  grant(bytes: number): void {
    this.#output?.grant(bytes);
  }

  inputEnded(): void {
    this.#inputEnded = true;
    this.input?.end();
    this.#settle();
  }

  lose(error: XsysError): void {
    if (this.isOver) return;
    this.#lost = error;
    this.input?.end(error);
    this.#output?.close(error);
    this.#owner.forget(this.id);
    for (const listener of this.#onLost ?? []) listener(error);
  }

  #settle(): void {
    if (!this.isOver) return;
    if (!this.#inputEnded) this.input?.end(new XsysError("CANCELLED", "the request was answered"));
    this.#owner.forget(this.id);
  }

  #grant(bytes: number): void {
    if (!this.isOver) this.#owner.writer.json(encodeMessage("Credit", { bytes }, this.id));
  }

  #sendJson(payload: WorkerResponsePayload): void {
    this.#owner.writer.json(encodeMessage("Response", payload));
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
