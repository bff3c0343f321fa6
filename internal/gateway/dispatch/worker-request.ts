import type { Headers, UploadError, UploadedFile, WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { RouteTable } from "../routes/route-table.ts";

/** Marks the gateway's own requests to standbys. A client's header of this name is not forwarded. */
export const WARM_UP_HEADER = "x-xsys-warm-up";

const NONE: Readonly<Record<string, string>> = Object.freeze({});

export interface RequestParts {
  /** The worker has a route for HEAD. Otherwise a HEAD request is sent to it as GET. */
  readonly takesHead?: boolean;
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly remoteAddr: string;
  readonly body?: Uint8Array | undefined;
  /** The body is streamed to the worker after the request. */
  readonly follows?: boolean;
  readonly files?: readonly UploadedFile[];
  readonly uploadErrors?: readonly UploadError[];
}

/** Builds the request that is sent to a worker. */
export function workerRequest(
  exchange: Exchange,
  { params = NONE, takesHead = false, follows = false, ...parts }: RequestParts,
): WorkerRequest {
  const { method, target, search } = exchange;
  return {
    method: method === "HEAD" && !takesHead ? "GET" : method,
    url: target,
    headers: forwardedHeaders(exchange, follows ? undefined : (parts.body?.byteLength ?? 0), parts.files !== undefined),
    query: search === "" ? NONE : firstValues(search),
    params,
    localAddr: localAddr(exchange),
    ...parts,
  };
}

/** A GET request of the gateway itself to a standby. */
export function warmUpRequest(target: string, routes: RouteTable): WorkerRequest {
  const { pathname, search } = new URL(target, "http://localhost");
  return {
    method: "GET",
    url: target,
    headers: { host: "localhost", "user-agent": "xsys", [WARM_UP_HEADER]: "1" },
    query: search === "" ? NONE : firstValues(search),
    params: routes.find("GET", pathname)?.params ?? NONE,
    remoteAddr: "127.0.0.1",
    localAddr: "127.0.0.1:0",
  };
}

/**
 * The request's headers with corrected framing: a body that was read completely has a Content-Length, and the JSON that
 * replaces a form has its own. `length` is undefined for a streamed body.
 */
function forwardedHeaders({ request, headers }: Exchange, length: number | undefined, isForm: boolean): Headers {
  const isHttp2 = "stream" in request;
  const isChunked = headers["transfer-encoding"] !== undefined;
  const isMarked = headers[WARM_UP_HEADER] !== undefined;
  if (!isHttp2 && !isChunked && !isForm && !isMarked) return headers as Headers;
  const {
    "transfer-encoding": encoding,
    [WARM_UP_HEADER]: _,
    ...forwarded
  } = headers as Record<string, string | string[]>;
  if (length === undefined) {
    if (forwarded["content-length"] === undefined) forwarded["transfer-encoding"] = encoding ?? "chunked";
  } else if (length > 0) forwarded["content-length"] = String(length);
  return forwarded;
}

/** Decoded values, the first of each name. The object has no prototype, as clients choose the names. */
function firstValues(search: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(search)) values[name] ??= value;
  return values;
}

function localAddr({ request: { socket } }: Exchange): string {
  const { localAddress = "", localPort = 0 } = socket;
  return localAddress.includes(":") ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
