/**
 * The messages between the service and a worker: those of XyPriss, and the additions of our workers. A client becomes a
 * worker by sending `RegisterWorker` on its connection.
 */

/** Maximum size of a body inside its message; larger bodies are sent as chunks, if the worker accepts them. */
export const INLINE_BODY = 65_536;

/** Payload of `RegisterWorker`, the first message of a worker. XyPriss's workers send only `id`. */
export interface WorkerRegistration {
  /** XYPRISS_WORKER_ID: "0", "1", … in a cluster, "master" for an application that started its own engine. */
  readonly id: string;
  /**
   * XSYS_WORKER_KEY from its environment: distinguishes two processes with the same id while one replaces the other.
   */
  readonly key?: string;
  readonly pid?: number;
  /** The worker accepts XBP requests (protocol/wire/xbp.ts) and answers with XBP responses. */
  readonly xbp?: boolean;
  /** The worker receives and sends bodies as chunks, and accepts upgraded connections. */
  readonly streams?: boolean;
  /** The worker executes `Task`s. */
  readonly tasks?: boolean;
  /**
   * The worker connects to several gateways when it is told to (`Gateways`). A service with gateway processes accepts
   * no other workers.
   */
  readonly joins?: boolean;
  /**
   * Why the worker accepts its connections itself, from the listening socket of the gateway: it gets no requests. Only
   * for workers of the keeper of apps.
   */
  readonly listens?: string;
}

/**
 * Payload of `Gateways`, which a service with gateway processes sends to a worker: at its registration, and whenever
 * the list changes. The worker connects to each gateway that is new in the list, and registers there with `key` in
 * place of its own. Requests arrive on these connections. The first connection stays open: its end means that the
 * worker must exit, while the end of another one means that this gateway has ended.
 */
export interface GatewaysPayload {
  readonly key: string;
  readonly gateways: readonly {
    /** Identifies the process: a gateway that replaces another may listen on the same path. */
    readonly id: string;
    readonly socket: string;
  }[];
}

/** An entry of `SyncRoutes`: a worker sends its complete list each time. */
export interface RouteEntry {
  readonly method: string;
  readonly path: string;
  /** "static" is served by the gateway from `file_path`; anything else by a worker. */
  readonly target: string;
  readonly file_path?: string;
}

/** The value of a header: one line, or several lines of the same name. */
export type HeaderValue = string | readonly string[];
/** By lower-case name. */
export type Headers = Readonly<Record<string, HeaderValue>>;

export interface UploadedFile {
  readonly fieldname: string;
  readonly originalname: string;
  readonly encoding: string;
  readonly mimetype: string;
  /** Absolute path of the directory of the stored file. */
  readonly destination: string;
  /** File name in that directory. */
  readonly filename: string;
  /** Absolute path of the stored file. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface UploadError {
  /** If there are too many files, the field and name of the first file over the limit. */
  readonly fieldname: string;
  readonly filename: string;
  /** XyPriss's workers distinguish the types by "exceeds limit" and "not allowed" in the message. */
  readonly message: string;
  readonly type: "LIMIT_FILE_SIZE" | "LIMIT_FILE_COUNT" | "INVALID_MIME_TYPE";
}

/** An HTTP request as a worker receives it, independent of the encoding. */
export interface WorkerRequest {
  readonly method: string;
  /** Path and query, not decoded. */
  readonly url: string;
  readonly headers: Headers;
  /** Decoded; for a repeated name, the first value. */
  readonly query: Readonly<Record<string, string>>;
  /** Parameters of the matching route. */
  readonly params: Readonly<Record<string, string>>;
  /** Address of the client: IPv4 with or without port, `[IPv6]:port`, or a comma-separated forwarded chain. */
  readonly remoteAddr: string;
  /** host:port */
  readonly localAddr: string;
  readonly body?: Uint8Array | undefined;
  readonly files?: readonly UploadedFile[] | undefined;
  readonly uploadErrors?: readonly UploadError[] | undefined;
}

/** Payload of the JSON message `Request`. As a number, its id is also the id of its chunks and their credit. */
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
  /** The body follows as chunks; only for a worker that registered with `streams`. */
  readonly input?: true;
  /**
   * The client requests an upgrade (`upgrade` header): after a 101, both bodies are the raw bytes of the connection.
   */
  readonly upgrade?: true;
}

/** Payload of the JSON message `Response` that a worker sends. */
export interface WorkerResponsePayload {
  readonly id: string;
  /** With status 0 and the header `x-xhsc-static-delegate`, the gateway sends the file named there. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | readonly (string | number)[]>>;
  /** Base64. */
  readonly body?: string | null;
  /** The body follows as chunks; only from a worker that registered with `streams`. */
  readonly output?: true;
}

/**
 * Payload of `Cancel`, in either direction; the id of the message is that of the request. From a worker it means that
 * its streamed answer failed.
 */
export interface CancelPayload {
  readonly reason?: string;
}
