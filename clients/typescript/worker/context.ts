import type { UploadError, UploadedFile } from "../../../protocol/wire/worker.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** What the gateway adds to an HTTP request: route parameters, addresses and stored uploads. */
export interface WorkerContext {
  /** Parameters of the matched route. */
  readonly params: Readonly<Record<string, string>>;
  /** Decoded query parameters; the first value of a repeated name. */
  readonly query: Readonly<Record<string, string>>;
  /** The client as `address:port`; behind trusted proxies the forwarded chain, separated by commas. */
  readonly remoteAddr: string;
  /** The gateway's own address, `host:port`. */
  readonly localAddr: string;
  /** Stored files of a multipart form. Its text fields are the body, as JSON. */
  readonly files: readonly UploadedFile[];
  /** Files of a multipart form that were not stored, with the reason. */
  readonly uploadErrors: readonly UploadError[];
}

const NONE: readonly never[] = [];

export function contextOf({ request }: WorkerExchange): WorkerContext {
  const { params, query, remoteAddr, localAddr, files = NONE, uploadErrors = NONE } = request;
  return { params, query, remoteAddr, localAddr, files, uploadErrors };
}
