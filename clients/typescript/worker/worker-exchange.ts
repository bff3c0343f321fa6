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
  /** The exchange is over: messages and chunks with its id are ignored from now on. */
  forget(id: number): void;
}

interface ExchangeTraits {
  /** It was sent as XBP. The response is sent as XBP too, if it fits. */
  readonly xbp?: boolean;
  /** Its body follows as chunks. */
  readonly input?: boolean;
  /** The client asks to switch the protocol. */
  readonly upgrade?: boolean;
}

/** One request of the gateway and its response: either `answer()`, or `begin()`, writes, and `end()` or `fail()`. */
export class WorkerExchange {
  readonly request: WorkerRequest;
  /** The id in the frames of its chunks. */
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
  #onOver: (() => void) | undefined;

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

  /** Whether the response is complete, or no longer needed. */
  get isOver(): boolean {
    return this.#lost !== undefined || (this.#outputEnded && (this.#inputEnded || !this.#upgraded));
  }

  /** Whether a response was sent or started. */
  get isAnswered(): boolean {
    return this.#outputEnded || this.#output !== undefined;
  }

  /** Calls the listener when the response is no longer needed: the client or the gateway has disconnected. */
  onLost(listener: (error: XsysError) => void): void {
    if (this.#lost !== undefined) listener(this.#lost);
    else if (this.#onLost === undefined) this.#onLost = [listener];
    else this.#onLost.push(listener);
  }

  /** Calls the listener when the exchange is over: see `isOver`. At most one listener. */
  onOver(listener: () => void): void {
    this.#onOver = listener;
  }

  /** Sends a response with its whole body. The bytes must not change afterwards. */
  answer(status: number, headers: Headers, body?: Uint8Array): void {
    if (this.#lost !== undefined || this.isAnswered) return;
    if (body !== undefined && body.byteLength > INLINE_BODY) {
      this.begin(status, headers)
        .write(body)
        .then(
          () => this.end(),
          () => {}, // the response is no longer needed
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

  /**
   * Starts a response whose body is then written. With status 101 the input and the output are the bytes of the
   * upgraded connection from then on.
   */
  begin(status: number, headers: Headers): ByteWriter {
    const output = new ByteWriter((bytes) => this.#owner.writer.chunk(this.id, bytes));
    this.#output = output;
    this.#upgraded = status === 101;
    if (this.#lost !== undefined) output.close(this.#lost);
    else this.#sendJson({ id: this.#idText, status, headers, output: true });
    return output;
  }

  /** Ends the body of a started response. */
  end(): void {
    if (this.#lost !== undefined || this.#outputEnded) return;
    this.#outputEnded = true;
    this.#owner.writer.chunk(this.id, new Uint8Array(), LAST_CHUNK);
    this.#settle();
  }

  /** Aborts a started response, so that the client sees that it is incomplete. */
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
    this.#forget();
    for (const listener of this.#onLost ?? []) listener(error);
  }

  #settle(): void {
    if (!this.isOver) return;
    if (!this.#inputEnded) this.input?.end(new XsysError("CANCELLED", "the request was answered"));
    this.#forget();
  }

  #forget(): void {
    this.#owner.forget(this.id);
    this.#onOver?.();
    this.#onOver = undefined;
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
