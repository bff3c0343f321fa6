import { sep } from "node:path";
import type { Folder } from "../../../files/walk.ts";

/** A piece of a listing with gaps, at each of which a folder's contents are missing; the last is at its end. */
export interface Stretch {
  readonly bytes: Uint8Array;
  /** Where the gaps are. */
  readonly gaps: Int32Array;
  /** The folders' paths from the root, byte by byte as Latin-1, each ended by NUL: one string passes threads fastest. */
  readonly folders: string;
}

/** A gap in the whole listing. */
export interface FolderAt {
  readonly at: number;
  readonly folder: Folder;
}

/** As many as several threads end together with, and as few as the event loop does not notice. */
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

/** The folders that are missing in a stretch, in order. */
export function foldersIn({ folders }: Stretch, root: string): Folder[] {
  const base = withSeparator(root);
  return folders
    .split("\0")
    .slice(0, -1)
    .map((latin1) => {
      const bytes = Buffer.from(latin1, "latin1");
      const relative = bytes.toString();
      // Where the bytes are not UTF-8 they alone are the path.
      const isExact = !relative.includes("\uFFFD");
      return { relative, path: isExact ? base + relative : Buffer.concat([Buffer.from(base), bytes]) };
    });
}

function withSeparator(root: string): string {
  return root.endsWith(sep) ? root : root + sep;
}
