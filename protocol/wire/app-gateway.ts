/**
 * The messages between the keeper of apps and its gateway process. A client becomes the gateway by sending
 * `RegisterAppGateway` on its connection, with the key from its environment. Both sides are the same version of xsys, so
 * these messages may change with any version. A gateway goes on without a keeper, and connects to the next one. Before it
 * ends, it sends `Closing`: its workers connect to another gateway.
 *
 * In all of them, `app` is the name of an app, and `link` is the number that the gateway has given to a worker's
 * connection. Times are in milliseconds.
 */

/** Environment variables of a gateway process. */
export const APP_GATEWAY_SOCKET = "XSYS_APP_GATEWAY_SOCKET";
export const APP_GATEWAY_ID = "XSYS_CLONE_ID";
export const APP_GATEWAY_KEY = "XSYS_CLONE_KEY";
/** Number of listening sockets that it was started with, from descriptor 3. */
export const APP_GATEWAY_DESCRIPTORS = "XSYS_APP_GATEWAY_DESCRIPTORS";

export interface RegisterAppGateway {
  readonly id: string;
  readonly key: string;
  readonly pid: number;
  /** Of the program. */
  readonly version: string;
  /** It accepts no more connections, and ends when its requests are answered. */
  readonly isClosing: boolean;
}

export interface OfApp {
  readonly app: string;
}

/**
 * `OpenApp`: takes requests for an app. The gateway answers `AppOpened` or `AppFailed`, and sends `WorkerJoined` for each
 * worker that is connected. Connections are accepted when the first worker is active.
 */
export interface OpenApp extends OfApp {
  /** Where the gateway listens for workers. */
  readonly socket: string;
  /** Symbolic link to it, by which the workers find the latest gateway. */
  readonly link: string;
  readonly listening: ListeningSocket;
  /** How long requests may take to finish when the app is closed. */
  readonly drainTimeout: number;
  /** Its clones listen on ports of their own (`CloneListens`); otherwise they connect as workers. */
  readonly isProxied: boolean;
}

/**
 * `CloneListens`: a clone listens on a port of its own. The gateway answers `WorkerJoined`, and forwards requests to it as
 * long as it is active. As `link` it has a number like a worker's connection.
 */
export interface CloneListens extends OfApp {
  readonly id: string;
  readonly key: string;
  readonly pid: number;
  /** Start time of the process, which identifies it together with its pid. */
  readonly start: number;
  /** `http://host:port`. */
  readonly url: string;
}

/** A listening socket of the keeper. */
export interface ListeningSocket {
  readonly host: string;
  readonly port: number;
  /** Identifies it among the descriptors of a process: that of `socket:[…]` in /proc/PID/fd. */
  readonly inode: string;
  /** The keeper, and its number there. */
  readonly pid: number;
  readonly start: number;
  readonly descriptor: number;
}

/** `AppFailed`: the gateway cannot open an app. */
export interface AppFailed extends OfApp {
  readonly code: string;
  readonly message: string;
}

/**
 * `DrainApp`, of type OfApp: another front takes the place of this one. The gateway accepts no more connections for it, and
 * sends `AppDrained` when the requests on those that are open are answered, or have had their time.
 */

/** `KnownApps`: all that the gateway is to have; it closes others. */
export interface KnownApps {
  readonly apps: readonly string[];
}

export interface OfLink extends OfApp {
  readonly link: number;
}

/** `WorkerJoined`: a worker has connected. */
export interface AppWorkerJoined extends OfLink {
  readonly id: string;
  readonly key: string;
  readonly pid?: number;
  /** Why it accepts connections from the listening socket itself; absent if the gateway does. */
  readonly listens?: string;
}

/** `WorkerGone`: its connection was closed. */
export interface AppWorkerGone extends OfLink {
  /** If the worker's fault was the reason. */
  readonly reason?: string;
  /** It had asked for no more requests: its server was closed by the application, which may listen again. */
  readonly hasLeft: boolean;
  readonly inFlight: number;
  readonly endedByRequest: boolean;
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly query?: string;
    readonly verdict?: "suspect" | "convicted";
    readonly age: number;
  }[];
}

/** `SetActive`: whether the worker gets requests. */
export interface SetActive extends OfLink {
  readonly active: boolean;
}

/** `WarmUp`: the worker waits for work until the next `SetActive`, and is asked for these paths. */
export interface WarmUp extends OfLink {
  readonly paths: readonly string[];
}

/** `WorkerLost`: why a worker was lost (internal/workers/loss.ts). */
export interface AppWorkerLost extends OfLink {
  readonly loss: "own" | "outside" | "unknown";
}

/** `AppWorkersExpected`: whether further workers may become ready, and how many active ones are starting. */
export interface AppWorkersExpected extends OfApp {
  readonly expected: boolean;
  readonly pending: number;
}
