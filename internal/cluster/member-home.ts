import type { LogLine } from "./last-lines.ts";
import type { Member } from "./member.ts";
import type { ProcessHome } from "./process-home.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A standby is started and ready, and given no work until it takes another's place. */
export type Role = "active" | "standby";

/** What a member has of the supervisor, and tells it. */
export interface MemberHome extends Pick<ProcessHome, "options" | "log" | "guard"> {
  /** A line of its output. */
  line(line: LogLine): void;
  /** It got ready, or is so no more. */
  changed(): void;
  /** A process of it has ended that was not asked to; the last one is not followed by another. */
  crashed(member: Member, process: WorkerProcess, isLast: boolean): void;
}
