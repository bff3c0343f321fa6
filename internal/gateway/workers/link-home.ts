import type { Message } from "../../../protocol/message.ts";
import type { WorkerLink } from "./worker-link.ts";

/** What a link tells the pool it belongs to. */
export interface LinkHome {
  /** Bytes of a frame. */
  readonly maxFrame: number;
  routes(link: WorkerLink, routes: unknown): void;
  task(link: WorkerLink, message: Message): void;
  /** A worker said what is no answer: told in the log. */
  garbage(link: WorkerLink, what: string): void;
  /** The worker is gone; what it had fails after this. */
  gone(link: WorkerLink): void;
}
