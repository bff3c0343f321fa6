import type { Readable } from "node:stream";
import { INLINE_BODY } from "../../../protocol/wire/worker.ts";
import type { WorkerPool } from "../../workers/worker-pool.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Features } from "../features.ts";
import type { GatewayOptions } from "../options.ts";
import type { Form } from "../uploads/uploads.ts";
import {
  type Body,
  BodyTooLarge,
  boundedRest,
  hasBody,
  isAnnouncedTooLarge,
  readBody,
  TOO_LARGE,
} from "./read-body.ts";

/** Maximum bytes of a form if its files have no other limit, so that one request cannot fill the disk. */
const MAX_FORM = 4 * 1024 ** 3;

export type RequestBody = Body | { readonly upload: Form };

/** Reads request bodies. Files of forms are stored on disk; other bodies are read up to the limit. */
export class BodyReader {
  readonly #options: GatewayOptions;
  readonly #features: Features;
  readonly #pool: WorkerPool;

  constructor(options: GatewayOptions, { features, pool }: { readonly features: Features; readonly pool: WorkerPool }) {
    this.#options = options;
    this.#features = features;
    this.#pool = pool;
  }

  /** Whether the announced body is too large and will be refused. */
  refuses(exchange: Exchange): boolean {
    return isAnnouncedTooLarge(exchange, this.#limit(exchange));
  }

  /**
   * Reads the whole body if it is small or a filter needs it; otherwise returns its beginning with the rest as a
   * stream.
   */
  read(exchange: Exchange): RequestBody | Promise<RequestBody> {
    if (!hasBody(exchange)) return { whole: undefined };
    if (this.refuses(exchange)) return TOO_LARGE;
    if (this.#isUpload(exchange)) return this.#upload(exchange);
    const mayFollow = this.#features.requestFilters.length === 0 && this.#pool.takesStreams;
    return readBody(exchange, this.#options.maxBody, mayFollow ? INLINE_BODY : this.#options.maxBody);
  }

  /** The body as a stream for an upstream; undefined without a body. */
  forward(exchange: Exchange): Readable | undefined | typeof TOO_LARGE {
    if (!hasBody(exchange)) return undefined;
    if (this.refuses(exchange)) return TOO_LARGE;
    const { request, headers } = exchange;
    // With Content-Length, the parser ensures that the body is not longer than announced.
    return headers["content-length"] === undefined ? boundedRest(request, [], 0, this.#limit(exchange)) : request;
  }

  async #upload(exchange: Exchange): Promise<RequestBody> {
    const body = boundedRest(exchange.request, [], 0, this.#limit(exchange));
    try {
      const upload = await this.#features.uploads?.(exchange, body);
      if (upload === undefined) return { whole: undefined };
      return "status" in upload ? { refused: upload } : { upload };
    } catch (error) {
      if (error instanceof BodyTooLarge) return TOO_LARGE;
      if (exchange.ended) return { gone: true };
      throw error;
    }
  }

  #isUpload({ headers }: Exchange): boolean {
    return this.#features.uploads !== undefined && /^multipart\/form-data\b/i.test(headers["content-type"] ?? "");
  }

  /** The limit for a form is that of other bodies plus the maximum size of all its files. */
  #limit(exchange: Exchange): number {
    const { maxBody, uploads } = this.#options;
    if (uploads === undefined || !this.#isUpload(exchange)) return maxBody;
    const files = uploads.maxFileSize * uploads.maxFiles;
    return files === 0 ? MAX_FORM : Math.min(maxBody + files, MAX_FORM);
  }
}
