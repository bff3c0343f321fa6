import type { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import type { Failure, Job } from "./job.ts";

/** A job that was sent to a worker, with its body streams. */
export class SentJob {
  readonly job: Job;
  /** By performance.now(). */
  readonly sentAt: number;
  /** The response head was received; only chunks can follow. */
  isAnswered = false;
  /** The connection was upgraded: it ends when both sides have ended it. */
  isConnection = false;
  /** Receives the response body. */
  reader: ByteReader | undefined;
  /** Sends the request body. */
  writer: ByteWriter | undefined;

  get request(): Job["request"] {
    return this.job.request;
  }

  constructor(job: Job) {
    this.job = job;
    this.sentAt = performance.now();
  }

  /** Reports the failure to whoever waits for the response or for the rest of its body. */
  fail(failure: Failure): void {
    this.cut(failure);
    if (!this.isAnswered) this.job.failed(failure);
  }

  /** Ends both bodies with an error. */
  cut(failure: Failure): void {
    if (this.writer === undefined && this.reader === undefined) return;
    const error = new Error(`the worker's response is incomplete: ${failure}`);
    this.writer?.close(error);
    this.reader?.end(error);
  }

  /** The response is no longer needed. */
  abandon(): void {
    this.isAnswered = true;
    this.fail("lost");
  }
}
