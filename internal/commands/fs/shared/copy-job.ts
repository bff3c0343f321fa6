import type { Interrupt } from "../../../files/interrupt.ts";
import type { ExactPath } from "../../../files/walk.ts";
import type { Packed } from "../../../work/packed.ts";
import type { Keep } from "./copy-entry.ts";

/** Input of all stages of a copy: plan-copy, copy-leaves (several in parallel), finish-copy. */
export interface CopyJob {
  readonly src: string;
  readonly dest: string;
  readonly keep: Keep;
  /** Skips entries whose size and modification time equal those of the source. */
  readonly skipSame: boolean;
  readonly interrupt: Interrupt;
  /** Number of threads that copy a tree. */
  readonly threads: number;
}

export interface CopyTally {
  copied: number;
  skipped: number;
  /** Bytes of the copied files. */
  bytes: number;
}

export interface FolderPair {
  readonly from: ExactPath;
  readonly to: ExactPath;
  /** Created by this copy, which sets its mode at the end. */
  readonly isNew: boolean;
  /** Inside a new tree under a temporary name, so files can be written directly under their final names. */
  readonly isOwn: boolean;
}

export interface CopyPlan {
  /** Counts what is already copied: a source that is not a folder. */
  readonly tally: CopyTally;
  /** All folders of the tree, already created, parents before children, in parts for the threads. */
  readonly parts: readonly Packed<FolderPair[]>[];
  /** Number of files and symbolic links in the folders. */
  readonly leaves: number;
  /** Temporary path of a new tree, until it is renamed. */
  readonly temp?: string;
  /** The destination with symbolic links resolved. */
  readonly dest: string;
}
