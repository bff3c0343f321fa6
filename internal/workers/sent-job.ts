import type { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import type { Failure, Job } from "./job.ts";

/** A job that a worker was sent, and the streams that belong to it. */
export class SentJob {
  readonly job: Job;
  /** By performance.now(). */
  readonly sentAt: number;
  /** Its head has come; what still comes are chunks. */
  isAnswered = false;
  /** Its protocol was changed: it ends when both sides have ended it. */
  isConnection = false;
  /** What comes of the answer's body. */
  reader: ByteReader | undefined;
  /** What goes of the request's. */
  writer: ByteWriter | undefined;

  get request(): Job["request"] {
    return this.job.request;
  }

  constructor(job: Job) {
    this.job = job;
    this.sentAt = performance.now();
  }

  /** Nothing more will come of it: whoever waits for the answer, or for the rest of it, is told. */
  fail(failure: Failure): void {
    this.cut(failure);
    if (!this.isAnswered) this.job.failed(failure);
  }

  /** Ends its bodies, both ways. */
  cut(failure: Failure): void {
    if (this.writer === undefined && this.reader === undefined) return;
    const error = new Error(`the worker's answer was cut short: ${failure}`);
    this.writer?.close(error);
    this.reader?.end(error);
  }

  /** Nobody wants it any more. */
  abandon(): void {
    this.isAnswered = true;
    this.fail("lost");
  }
}
