import {
  closeSync,
  fchmodSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lutimesSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../../../files/make-folder.ts";
import type { ArchiveEntry, Sink } from "./archive-entry.ts";

const PERMISSIONS = 0o777;

/**
 * Writes an archive's entries below a new, private folder. Symbolic links are created last, so that nothing can be
 * written through one, even if the file system treats different names as equal.
 */
export class Extraction {
  readonly #root: string;
  readonly #made = new Set<string>();
  readonly #placed = new Set<string>();
  readonly #links = new Map<string, ArchiveEntry>();
  #open: number | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  folder(path: string): void {
    if (this.#made.has(path)) return;
    makeFolder(join(this.#root, path));
    this.#made.add(path);
  }

  /** Sets the file's mode and time at the end of its contents. */
  file(path: string, { mode, modified }: ArchiveEntry): Sink {
    const fd = openSync(this.#clear(path), "wx", mode === undefined ? 0o666 : 0o600);
    this.#open = fd;
    let [at, end] = [0, 0];
    return {
      write: (bytes) => {
        for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from, bytes.length - from, at + from);
        at += bytes.length;
        end = at;
      },
      hole: (bytes) => {
        at += bytes;
      },
      end: () => {
        if (at > end) ftruncateSync(fd, at);
        if (mode !== undefined) fchmodSync(fd, mode & PERMISSIONS);
        if (modified !== undefined) futimesSync(fd, modified, modified);
        this.close();
      },
    };
  }

  /** Closes the open file, if any, whether or not its contents are complete. */
  close(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
  }

  hardLink(path: string, target: string): void {
    if (path !== target) linkSync(join(this.#root, target), this.#clear(path));
  }

  link(path: string, entry: ArchiveEntry): void {
    this.#clear(path);
    this.#links.set(path, entry);
  }

  makeLinks(): void {
    for (const [path, { target = "", modified }] of this.#links) {
      const place = join(this.#root, path);
      symlinkSync(target, place);
      if (modified !== undefined) lutimesSync(place, modified, modified);
    }
  }

  /** Removes an earlier entry of the same name: the later one replaces it. */
  #clear(path: string): string {
    const folder = dirname(path);
    this.folder(folder === "." ? "" : folder);
    this.#links.delete(path);
    const place = join(this.#root, path);
    if (this.#placed.has(path)) rmSync(place, { force: true });
    this.#placed.add(path);
    return place;
  }
}
