import type { WorkerExchange } from "./worker-exchange.ts";

/** Hosts that are valid in a URL: a name, IPv4 or bracketed IPv6, with an optional port. */
const HOST = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;
/** Paths and queries that the URL parser does not change, unless there are dot segments. */
const PLAIN_TARGET = /^\/[\w\-.~!$&()*+,;=:@%/]*(?:\?[\w\-.~!$&()*+,;=:@%/?]*)?$/;
const DOT_SEGMENT = /\/(?:\.|%2e)/i;
const DECODER = new TextDecoder();

/**
 * A web Request whose parts are created on first use. Most handlers read only the method and the URL, and creating a
 * Request with its Headers costs as much as all the rest of a small response. Everything that this class does not
 * implement comes from a real Request, which is created then.
 */
export class LazyRequest {
  readonly #exchange: WorkerExchange;
  #url: string | undefined;
  #headers: Headers | undefined;
  #abort: AbortController | undefined;
  #real: Request | undefined;
  #bodyUsed = false;

  constructor(exchange: WorkerExchange) {
    this.#exchange = exchange;
  }

  get method(): string {
    return this.#exchange.request.method;
  }

  /** Always `http://`, also for clients that use HTTPS; a proxy's `x-forwarded-proto` is in the headers. */
  get url(): string {
    this.#url ??= urlOf(this.#exchange);
    return this.#url;
  }

  get headers(): Headers {
    this.#headers ??= headersOf(this.#exchange);
    return this.#headers;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      this.#exchange.onLost((error) => abort.abort(error));
    }
    return this.#abort.signal;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#realWithBody().body;
  }

  get bodyUsed(): boolean {
    return this.#bodyUsed || this.#real?.bodyUsed === true;
  }

  async text(): Promise<string> {
    const bytes = this.#inline();
    return bytes === undefined ? this.#realWithBody().text() : DECODER.decode(bytes);
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async bytes(): Promise<Uint8Array> {
    const bytes = this.#inline();
    return bytes === undefined ? this.#realWithBody().bytes() : new Uint8Array(bytes);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = this.#inline();
    return bytes === undefined ? this.#realWithBody().arrayBuffer() : new Uint8Array(bytes).buffer;
  }

  async blob(): Promise<Blob> {
    return this.#realWithBody().blob();
  }

  async formData(): Promise<FormData> {
    return this.#realWithBody().formData();
  }

  clone(): Request {
    return this.#realWithBody().clone();
  }

  /** The real Request. It has no body when the body has already been read. */
  get real(): Request {
    if (this.#real === undefined) {
      const { method, url, headers, signal } = this;
      const body = this.#bodyUsed ? null : bodyOf(this.#exchange);
      this.#real = new Request(url, { method, headers, signal, body, ...(body !== null && { duplex: "half" }) });
    }
    return this.#real;
  }

  #realWithBody(): Request {
    if (this.#bodyUsed) throw new TypeError("the body has already been read");
    return this.real;
  }

  /** The whole body, when it came with the request and no real Request was created. Marks it as used. */
  #inline(): Uint8Array<ArrayBuffer> | undefined {
    const { request, input } = this.#exchange;
    if (input !== undefined || this.#real !== undefined || this.#bodyUsed) return undefined;
    this.#bodyUsed = request.body !== undefined;
    return (request.body ?? NO_BYTES) as Uint8Array<ArrayBuffer>;
  }
}

const NO_BYTES = new Uint8Array();

// All other properties are read from the real Request, and `instanceof Request` is true.
for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(Request.prototype))) {
  if (get === undefined || Object.hasOwn(LazyRequest.prototype, name)) continue;
  Object.defineProperty(LazyRequest.prototype, name, {
    configurable: true,
    get(this: LazyRequest): unknown {
      return get.call(this.real);
    },
  });
}
Object.setPrototypeOf(LazyRequest.prototype, Request.prototype);

function urlOf({ request: { headers, url } }: WorkerExchange): string {
  const origin = originOf(headers.host);
  if (PLAIN_TARGET.test(url) && !DOT_SEGMENT.test(url)) return origin + url;
  return new URL(origin + (url.startsWith("/") ? url : `/${url}`)).href;
}

/** Cache of the last host, as most applications have only one. */
let known = { host: "localhost", origin: "http://localhost" };

function originOf(host: unknown): string {
  if (known.host === host) return known.origin;
  if (typeof host !== "string" || !HOST.test(host)) return "http://localhost";
  const origin = URL.parse(`http://${host}`)?.origin;
  if (origin === undefined) return "http://localhost";
  known = { host, origin };
  return origin;
}

function headersOf({ request }: WorkerExchange): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const line of Array.isArray(value) ? value : [value]) {
      try {
        headers.append(name, String(line));
      } catch {
        // Headers rejects an invalid field; it is left out
      }
    }
  }
  return headers;
}

function bodyOf({ request, input }: WorkerExchange): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null {
  // A Request with one of these methods cannot have a body.
  if (request.method === "GET" || request.method === "HEAD") return null;
  if (input === undefined) return (request.body ?? null) as Uint8Array<ArrayBuffer> | null;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const bytes = await input.next();
        if (bytes === undefined) controller.close();
        else controller.enqueue(bytes);
      },
    },
    { highWaterMark: 0 },
  );
}
