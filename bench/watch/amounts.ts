/** Size of the measurement. */
export interface Amounts {
  readonly rounds: number;
  /** No round starts after this time, so that the bench ends within three minutes. */
  readonly milliseconds: number;
  /** Folders of the tree, each with ten files. */
  readonly folders: number;
  /** Number of changes of each kind, made one after the other. */
  readonly changes: number;
  /** Number of files in a burst. */
  readonly burst: number;
  /** Number of files in a burst that overflows inotify's queue. */
  readonly flood: number;
  /** Milliseconds without an event after which the missing changes count as lost. */
  readonly quiet: number;
}

/** A round takes one and a half minutes on two cores. */
export const AMOUNTS: Amounts = {
  rounds: 3,
  milliseconds: 60_000,
  folders: 5_000,
  changes: 100,
  burst: 5_000,
  flood: 40_000,
  quiet: 3_000,
};

export const FILES_IN_FOLDER = 10;

/** Path of the folder with a number. There are 50 in each parent folder. */
export function folderOf(root: string, number: number): string {
  return `${root}/d${Math.floor(number / 50)}/e${number % 50}`;
}
