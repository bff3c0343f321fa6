import type { Logger } from "../base/log.ts";
import type { KnownSigns } from "../processes/life-signs.ts";
import type { OrphanGuard } from "../processes/orphan-guard.ts";
import type { OutputName } from "../processes/output.ts";
import type { ClusterOptions } from "./options.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What a process has of its member, and tells it. */
export interface ProcessHome {
  readonly options: ClusterOptions;
  readonly log: Logger;
  readonly guard: OrphanGuard;
  readonly signs: KnownSigns;
  /** A line of its output. */
  line(stream: OutputName, line: string): void;
  /** It is fit for work. */
  ready(process: WorkerProcess): void;
  /** It will do no more, and was not asked to stop: told before it has ended, where that is known before. */
  lost(process: WorkerProcess): void;
  /** It has ended unasked, and all that it printed is read. */
  crashed(process: WorkerProcess): void;
  /** Nothing of it is left. */
  ended(process: WorkerProcess): void;
}
