/**
 * What the service and a worker say to each other: XyPriss's own messages, and what our workers add to them. A worker is
 * whoever sends `RegisterWorker` on its connection.
 */

/** Bytes of a body that travel inside its message; more goes as chunks, to a worker that takes them. */
export const INLINE_BODY = 65_536;

/** Payload of `RegisterWorker`, a worker's first message. XyPriss's workers send `id` alone. */
export interface WorkerRegistration {
  /** XYPRISS_WORKER_ID: "0", "1"… in a cluster, "master" for an application that started its own engine. */
  readonly id: string;
  /** XSYS_WORKER_KEY of its environment: which process it is, where two have the same id while one replaces the other. */
  readonly key?: string;
  readonly pid?: number;
  /** It understands XBP requests (protocol/wire/xbp.ts) and answers with XBP responses. */
  readonly xbp?: boolean;
  /** It takes bodies as chunks, gives them as chunks, and may be given upgraded connections. */
  readonly streams?: boolean;
  /** It carries out `Task`s. */
  readonly tasks?: boolean;
}

/** One entry of `SyncRoutes`: a worker's whole list is sent each time. */
export interface RouteEntry {
  readonly method: string;
  readonly path: string;
  /** "static" is served by the gateway from `file_path`; anything else is a worker's. */
  readonly target: string;
  readonly file_path?: string;
}

/** A header's value: a line, or several lines of the same name. */
export type HeaderValue = string | readonly string[];
/** By lower-case name. */
export type Headers = Readonly<Record<string, HeaderValue>>;

export interface UploadedFile {
  readonly fieldname: string;
  readonly originalname: string;
  readonly encoding: string;
  readonly mimetype: string;
  /** Folder of the stored file, absolute. */
  readonly destination: string;
  /** Its name there. */
  readonly filename: string;
  /** Both, together. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface UploadError {
  /** For too many files, those of the first one beyond. */
  readonly fieldname: string;
  readonly filename: string;
  /** XyPriss's workers tell the kinds apart by "exceeds limit" and "not allowed" in it. */
  readonly message: string;
  readonly type: "LIMIT_FILE_SIZE" | "LIMIT_FILE_COUNT" | "INVALID_MIME_TYPE";
}

/** An HTTP request as a worker is given it, whatever the encoding. */
export interface WorkerRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly url: string;
  readonly headers: Headers;
  /** Decoded; of a repeated name the first value. */
  readonly query: Readonly<Record<string, string>>;
  /** Of the route that matched. */
  readonly params: Readonly<Record<string, string>>;
  /** The client: an IPv4 address with or without port, `[IPv6]:port`, or a forwarded chain with commas. */
  readonly remoteAddr: string;
  /** host:port */
  readonly localAddr: string;
  readonly body?: Uint8Array | undefined;
  readonly files?: readonly UploadedFile[] | undefined;
  readonly uploadErrors?: readonly UploadError[] | undefined;
}

/** Payload of the JSON message `Request`. Its id is also that of its chunks and their credit, as a number. */
export interface RequestPayload {
  /** A number up to 2³²−1, as text. */
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly remote_addr: string;
  readonly local_addr: string;
  /** Base64; absent when empty. */
  readonly body?: string;
  readonly files?: readonly UploadedFile[];
  readonly upload_errors?: readonly UploadError[];
  /** The body follows as chunks; only to a worker that registered with `streams`. */
  readonly input?: true;
  /** The client asks to change to the protocol of its `upgrade` header: a 101 makes both bodies the connection's bytes. */
  readonly upgrade?: true;
}

/** Payload of the JSON message `Response` that a worker sends. */
export interface WorkerResponsePayload {
  readonly id: string;
  /** 0 with the header `x-xhsc-static-delegate` has the gateway send that file. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | readonly (string | number)[]>>;
  /** Base64. */
  readonly body?: string | null;
  /** The body follows as chunks; only from a worker that registered with `streams`. */
  readonly output?: true;
}

/** Payload of `Cancel` in either direction: its message's id is the request's. From the worker: its streamed answer failed. */
export interface CancelPayload {
  readonly reason?: string;
}
