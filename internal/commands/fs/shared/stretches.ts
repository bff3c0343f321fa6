import { sep } from "node:path";
import type { Folder } from "../../../files/walk.ts";

/** A piece of a listing with gaps where the contents of folders are missing. The last gap is at its end. */
export interface Stretch {
  readonly bytes: Uint8Array;
  /** Byte offsets of the gaps. */
  readonly gaps: Int32Array;
  /**
   * The folders' paths relative to the root, as Latin-1 bytes, each terminated by NUL: one string is the fastest form
   * to pass between threads.
   */
  readonly folders: string;
}

/** A gap in the complete listing. */
export interface FolderAt {
  readonly at: number;
  readonly folder: Folder;
}

/** Enough for several threads to finish at about the same time, and few enough not to delay the event loop. */
const STRETCHES = 64;

/** Cuts a listing at some of its gaps. */
export function stretchesOf(bytes: Uint8Array, gaps: readonly FolderAt[], root: string): Stretch[] {
  const each = Math.ceil(gaps.length / STRETCHES);
  const skipped = Buffer.byteLength(withSeparator(root));
  return Array.from({ length: Math.ceil(gaps.length / each) || 0 }, (_, n) => {
    const own = gaps.slice(n * each, (n + 1) * each);
    const start = gaps[n * each - 1]?.at ?? 0;
    return {
      bytes: bytes.subarray(start, own.at(-1)?.at),
      gaps: Int32Array.from(own, ({ at }) => at - start),
      folders: own.map(({ folder }) => `${Buffer.from(folder.path).toString("latin1", skipped)}\0`).join(""),
    };
  });
}

/** The folders whose contents are missing in a stretch, in order. */
export function foldersIn({ folders }: Stretch, root: string): Folder[] {
  const base = withSeparator(root);
  return folders
    .split("\0")
    .slice(0, -1)
    .map((latin1) => {
      const bytes = Buffer.from(latin1, "latin1");
      const relative = bytes.toString();
      // If the name is not valid UTF-8, the path must be the bytes.
      const isExact = !relative.includes("\uFFFD");
      return { relative, path: isExact ? base + relative : Buffer.concat([Buffer.from(base), bytes]) };
    });
}

function withSeparator(root: string): string {
  return root.endsWith(sep) ? root : root + sep;
}
