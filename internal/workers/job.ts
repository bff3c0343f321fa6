import type { Readable } from "node:stream";
import type { WorkerRequest } from "../../protocol/wire/worker.ts";
import type { WorkerAnswer } from "./answer.ts";

/**
 * Why there is no answer. `lost`: the worker is gone, or gave up. `suspect`: the worker is gone, and the request may be the
 * cause. `convicted`: the same, and it is not to be sent again. `timeout`: the worker took too long. `garbage`: what it said
 * is no answer. `too-large`: the request fits no frame. `no-worker`: none was ready in time.
 */
export type Failure = "lost" | "suspect" | "convicted" | "timeout" | "garbage" | "too-large" | "no-worker";

/** Where a job is: the worker that has it, and the id that the worker knows it by. */
export interface JobPlace {
  readonly link: { abandon(id: number): void };
  readonly id: number;
}

/** One request on its way to a worker: who made it is told what became of it, once. */
export interface Job {
  readonly request: WorkerRequest;
  /** The client's address. */
  readonly client: string;
  /** A body that was not read and is given on as it comes; a request with one cannot be repeated. */
  readonly input?: Readable | undefined;
  /** The client asks to change the protocol. */
  readonly upgrade: boolean;
  /** It may be sent once more when its worker is lost. */
  readonly mayRepeat: boolean;
  /** Which worker has it, and under which id; undefined while it waits for one. The pool's to write. */
  place: JobPlace | undefined;
  /** The answer; its body may still be coming, as a Duplex where the protocol was changed. */
  answered(answer: WorkerAnswer): void;
  failed(failure: Failure): void;
}

/** Whether only a worker that takes chunks can be given it. */
export function needsStreams({ input, upgrade }: Job): boolean {
  return input !== undefined || upgrade;
}
