import type { LogLine } from "../processes/output-tail.ts";
import type { Member } from "./member.ts";
import type { ProcessHome } from "./process-home.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A standby is started and ready, and given no work until it takes another's place. */
export type Role = "active" | "standby";

export interface Crash {
  /** Why it did not start; undefined for one that was ready. */
  readonly cause: string | undefined;
  /** The member was given up after it. */
  readonly isLast: boolean;
}

/** What a member has of the supervisor, and tells it. */
export interface MemberHome extends Pick<ProcessHome, "options" | "log" | "guard"> {
  /** A line of its output; `isRepeat` while a start that fails for a known reason is tried again. */
  line(line: LogLine, isRepeat: boolean): void;
  /** It got ready, or is so no more. */
  changed(): void;
  /** A process of it got ready. */
  ready(): void;
  /** A process of it has ended that was not asked to, and all that it printed is read. */
  crashed(member: Member, process: WorkerProcess, crash: Crash): void;
}
