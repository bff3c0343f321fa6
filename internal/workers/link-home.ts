import type { Message } from "../../protocol/wire/message.ts";
import type { Job } from "./job.ts";
import type { WorkerLink } from "./worker-link.ts";

/** What a link tells the pool it belongs to. */
export interface LinkHome {
  /** Bytes of a frame. */
  readonly maxFrame: number;
  /** Some worker has given a sign of life when it was asked for one. The links' to write. */
  answersPings: boolean;
  routes(link: WorkerLink, routes: unknown): void;
  task(link: WorkerLink, message: Message): void;
  /** A worker said what is no answer: told in the log. */
  garbage(link: WorkerLink, what: string): void;
  /** The worker is gone. */
  gone(link: WorkerLink): void;
  /** What it had and did not begin to answer, the latest first; told after `gone`. */
  left(link: WorkerLink, jobs: readonly Job[]): void;
  /** Whether it works on a request that is known to end workers, or is on trial for it. */
  hasCulprit(link: WorkerLink): boolean;
}
