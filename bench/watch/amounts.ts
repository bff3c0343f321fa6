/** How much is measured. */
export interface Amounts {
  readonly rounds: number;
  /** Of the tree, each with ten files. */
  readonly folders: number;
  /** Changes of each kind, one after the other. */
  readonly changes: number;
  /** Files of a burst. */
  readonly burst: number;
  /** Files of the burst that inotify's queue does not hold. */
  readonly flood: number;
  /** Milliseconds without a change after which what was not told is lost. */
  readonly quiet: number;
}

/** About six minutes. */
export const AMOUNTS: Amounts = {
  rounds: 3,
  folders: 5_000,
  changes: 100,
  burst: 5_000,
  flood: 40_000,
  quiet: 3_000,
};

export const FILES_IN_FOLDER = 10;

/** The folder of a tree with a number: 50 in each of the upper ones. */
export function folderOf(root: string, number: number): string {
  return `${root}/d${Math.floor(number / 50)}/e${number % 50}`;
}
