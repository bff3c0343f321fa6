import type { Interrupt } from "../../../files/interrupt.ts";
import type { ExactPath } from "../../../files/walk.ts";
import type { Keep } from "./copy-entry.ts";

/** What the stages of copying share: plan-copy, copy-leaves (several at a time), finish-copy. */
export interface CopyJob {
  readonly src: string;
  readonly dest: string;
  readonly keep: Keep;
  /** What has the same size and modification time as its source is left alone. */
  readonly skipSame: boolean;
  readonly interrupt: Interrupt;
}

export interface CopyTally {
  copied: number;
  skipped: number;
  /** Of the files copied. */
  bytes: number;
}

export interface FolderPair {
  readonly from: ExactPath;
  readonly to: ExactPath;
  /** Made by this copy, which gives it its mode at the end. */
  readonly isNew: boolean;
  /** In a tree that nobody else knows yet: files may take their names before they are whole. */
  readonly isOwn: boolean;
}

export interface CopyPlan {
  /** What is copied already: a source that is no folder. */
  readonly tally: CopyTally;
  /** All folders of the tree, made, each after the one it is in. */
  readonly folders: readonly FolderPair[];
  /** Files and links in them. */
  readonly leaves: number;
  /** Where a new tree grows until it takes its name. */
  readonly temp?: string;
  /** The real destination: links are followed. */
  readonly dest: string;
}
