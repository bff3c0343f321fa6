/**
 * The messages between the service and its gateway processes (`xsys server start --gateways N`). A client becomes a
 * gateway by sending `RegisterGateway` on its connection, with the key from its environment. Both sides are the same
 * version of xsys, so these messages may change with any version.
 *
 * In all of them, `worker` is the key under which a worker has joined (`Gateways`), and `job` is the number that a
 * gateway has given to a request whose worker was lost. Times are in milliseconds.
 */

/** Environment variables of a gateway process. */
export const GATEWAY_SOCKET = "XSYS_GATEWAY_SOCKET";
export const GATEWAY_ID = "XSYS_GATEWAY_ID";
export const GATEWAY_KEY = "XSYS_GATEWAY_KEY";

export interface RegisterGateway {
  readonly id: string;
  readonly key: string;
  readonly pid: number;
  /** Of the program. */
  readonly version: string;
}

/** Sent to a gateway once, as the answer to `RegisterGateway`. */
export interface GatewayConfiguration {
  /** The options of the gateway without the parts that the service decides (internal/gateway/options.ts). */
  readonly options: unknown;
  /** Where the gateway listens for workers. */
  readonly socket: string;
  readonly logLevel: string;
  /** Maximum size of a frame in bytes. */
  readonly maxFrame: number;
  readonly drainTimeout: number;
  /** The parts that the service decides for all gateways together. */
  readonly shared: {
    readonly gates: SharedGatesOptions | undefined;
    readonly hasBreaker: boolean;
    readonly hasQuality: boolean;
    /** The strategy needs to know how many requests other gateways have on a worker. */
    readonly countsElsewhere: boolean;
  };
}

export interface SharedGatesOptions {
  /** The gates need the path of a request. */
  readonly takesPath: boolean;
  /** The gates need to know when a request has ended. */
  readonly takesEnd: boolean;
}

/** `GatewayFailed`: a gateway cannot open with its configuration. */
export interface GatewayFailed {
  readonly code: string;
  readonly message: string;
}

/** `WorkerJoined`: a worker has connected to the gateway and has sent its routes. */
export interface WorkerJoined {
  readonly worker: string;
}

/** A request as the service judges it. */
export interface ReportedRequest {
  readonly method: string;
  readonly url: string;
  /** Since it was sent to the worker. */
  readonly age: number;
}

export interface ReportedJob extends ReportedRequest {
  readonly job: number;
  /** The gateway waits for a `Verdict`. */
  readonly waits: boolean;
  readonly mayRepeat: boolean;
}

/** `WorkerLeft`: the gateway has lost its connection to a worker; once for each worker that had joined. */
export interface WorkerLeft {
  readonly worker: string;
  /** Requests without a complete response, latest first. */
  readonly jobs: readonly ReportedJob[];
  /** Requests that nobody waits for any more, and that the worker may have processed; latest first. */
  readonly abandoned: readonly ReportedRequest[];
}

/** `WorkerFault`: a worker has violated the protocol. */
export interface WorkerFault {
  readonly worker: string;
  readonly reason: string;
}

/** `WorkerState`: whether a gateway gives requests to a worker. If not, `WorkerIdle` tells when the last one has ended. */
export interface WorkerState {
  readonly worker: string;
  readonly active: boolean;
  /** Returned in `WorkerIdle`, so that an outdated one is recognized. */
  readonly turn: number;
  /** The worker is a standby: the gateway sends it the warm-up requests. */
  readonly warmUp?: true;
}

export interface WorkerIdle {
  readonly worker: string;
  readonly turn: number;
}

/** `WorkerGone`: the service has lost a worker; the gateway closes its connection to it. */
export interface WorkerGone {
  readonly worker: string;
}

/** `Verdict`: what became of a job whose worker was lost (`Failure` of internal/workers/job.ts). */
export interface Verdict {
  readonly job: number;
  readonly failure: string;
}

/** `Isolate` and `Forget` from a gateway, `Assign` to it. */
export interface JobNumber {
  readonly job: number;
}

/** `Trial`: the gateway sends a job to a worker that has no other request, and `WorkerIdle` when it has ended. */
export interface Trial extends JobNumber {
  readonly worker: string;
  readonly turn: number;
}

/** `Convicted`: a method and path that has ended workers (internal/workers/convictions.ts). */
export interface Convicted {
  readonly convictions: readonly { readonly key: string; readonly left: number }[];
}

/** `WorkersExpected`: sent when it changes. */
export interface WorkersExpected {
  /** Whether a worker is ready, or may become ready. */
  readonly expected: boolean;
  /** Number of active workers that are starting, or will be started. */
  readonly pending: number;
}

/** `Load`: what a gateway has at the moment; sent ten times a second while it changes. */
export interface GatewayLoad {
  readonly connections: number;
  /** Requests that are not yet answered. */
  readonly inFlight: number;
  readonly workers: Readonly<Record<string, WorkerLoad>>;
}

export interface WorkerLoad {
  readonly active: number;
  readonly abandoned: number;
  readonly awaitsAnswer: boolean;
  readonly wasUsed: boolean;
}

/** `Elsewhere`: how many requests the other gateways have on each worker. */
export interface Elsewhere {
  readonly workers: Readonly<Record<string, number>>;
}

/** `AcceptUpTo`: a gateway accepts no further connection while it has so many. */
export interface AcceptUpTo {
  readonly connections: number;
}

/** A request that asks to pass the shared gates: its id, its client and, if the gates need it, its path. */
export type Entered = readonly [id: number, client: string, path?: string];

/** `PassGates`: requests that ask to pass the shared gates, and the ids of those that have ended. */
export interface GatesBatch {
  readonly enter: readonly Entered[];
  readonly leave: readonly number[];
}

/** `Passed`: the ids of requests that may go on, and those with an answer that refuses them, or with headers. */
export interface PassedBatch {
  readonly passed: readonly number[];
  readonly others: readonly (readonly [id: number, passed: Passed])[];
}

export interface Passed {
  /** The answer, if the request is refused. */
  readonly refused?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Headers that are added to the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** `Observed`: duration and bytes of answered requests, in turn, for the shared network quality. */
export interface Observed {
  readonly samples: readonly number[];
}

/** `BreakerState`: sent when it changes. The gateway reports successes only while there are failures. */
export interface BreakerState {
  readonly isOpen: boolean;
  readonly hasFailures: boolean;
  /** Time for which an open breaker refuses every request. After it, `MayTry` asks for a trial. */
  readonly closedFor: number;
}

/** `BreakerResult`: of a request to a worker. */
export interface BreakerResult {
  readonly failed: boolean;
}

/** The answer to `MayTry`. */
export interface MayTry {
  readonly allowed: boolean;
}

/** `StatusPage` with an id asks for a page; the answer has the same type and id. */
export interface StatusPageQuestion {
  readonly page: string;
}

export interface StatusPageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer to `Figures`: everything that a gateway has counted since it started. */
export interface GatewayFigures {
  readonly inFlight: number;
  /** Requests that wait for a worker. */
  readonly queued: number;
  readonly connections: number;
  readonly series: readonly ReportedSeries[];
}

export interface ReportedSeries {
  readonly route: string;
  readonly method: string;
  readonly status: string;
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly number[];
}

/** `Log`: a record of the gateway's log, as a line of JSON. */
export interface LogLine {
  readonly line: string;
}
