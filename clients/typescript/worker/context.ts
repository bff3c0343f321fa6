import type { UploadError, UploadedFile } from "../../../protocol/wire/worker.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** What a worker is told of a request beside HTTP. */
export interface WorkerContext {
  /** Of the route that matched. */
  readonly params: Readonly<Record<string, string>>;
  /** Decoded; of a repeated name the first value. */
  readonly query: Readonly<Record<string, string>>;
  /** The client, `address:port`; behind trusted proxies the chain they tell, with commas. */
  readonly remoteAddr: string;
  /** The gateway, `host:port`. */
  readonly localAddr: string;
  /** Files of a multipart form, stored; its text fields are the body, as JSON. */
  readonly files: readonly UploadedFile[];
  readonly uploadErrors: readonly UploadError[];
}

const NONE: readonly never[] = [];

export function contextOf({ request }: WorkerExchange): WorkerContext {
  const { params, query, remoteAddr, localAddr, files = NONE, uploadErrors = NONE } = request;
  return { params, query, remoteAddr, localAddr, files, uploadErrors };
}
