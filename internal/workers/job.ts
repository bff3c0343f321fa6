import type { Readable } from "node:stream";
import type { WorkerRequest } from "../../protocol/wire/worker.ts";
import type { WorkerAnswer } from "./answer.ts";

/**
 * Why a request failed.
 *
 * - `lost`: the worker disconnected, or cancelled the request.
 * - `suspect`: the worker disconnected, and the request may be the cause.
 * - `convicted`: the same, and the request must not be retried.
 * - `timeout`: the worker took too long.
 * - `garbage`: the worker sent an invalid response.
 * - `too-large`: the request does not fit into a frame.
 * - `no-worker`: no worker was ready in time.
 */
export type Failure = "lost" | "suspect" | "convicted" | "timeout" | "garbage" | "too-large" | "no-worker";

/** The worker that a job was sent to, and the job's id there. */
export interface JobPlace {
  readonly link: { abandon(id: number): void };
  readonly id: number;
}

/** A request to be sent to a worker. Either `answered` or `failed` is called, once. */
export interface Job {
  readonly request: WorkerRequest;
  /** The client's address. */
  readonly client: string;
  /** A streamed request body. A request that has one cannot be retried. */
  readonly input?: Readable | undefined;
  /** The client requests a protocol upgrade. */
  readonly upgrade: boolean;
  /** Whether it may be retried when its worker is lost. */
  readonly mayRepeat: boolean;
  /** It was answered or has failed, or its answer is no longer needed. */
  readonly isDone: boolean;
  /** Undefined while the job waits for a worker. Written by the pool only. */
  place: JobPlace | undefined;
  /** The body may be a stream that is still being received; a Duplex after a protocol upgrade. */
  answered(answer: WorkerAnswer): void;
  failed(failure: Failure): void;
}

/** Whether the job requires a worker that supports streams. */
export function needsStreams({ input, upgrade }: Job): boolean {
  return input !== undefined || upgrade;
}
