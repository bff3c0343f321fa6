import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { compressFile } from "./compress-file.ts";
import { COMPRESSED, logPath, nextStamp, PARTIAL, type RotatedFile, rotatedFiles } from "./log-names.ts";

export interface RotationLimits {
  /** Number of rotated files that are kept. */
  readonly maxFiles: number;
  /** Bytes of all rotated files together. */
  readonly maxBytes: number;
}

/** Files of all apps are compressed one after the other, so that they use one thread. */
let compressing: Promise<void> = Promise.resolve();

/**
 * Rotates the log file of an app: renames it, compresses it in the background, and deletes the oldest ones. The rename
 * is the only step that changes which records a file has, so that a crash between two steps loses and doubles none. The
 * next start does the steps that are missing.
 */
export class RotatedLogs {
  readonly #folder: string;
  readonly #name: string;
  readonly #limits: RotationLimits;
  readonly #closing = new AbortController();
  #lastStamp: string | undefined;

  constructor(folder: string, name: string, limits: RotationLimits) {
    this.#folder = folder;
    this.#name = name;
    this.#limits = limits;
  }

  /** Does what a killed keeper left undone. */
  resume(): void {
    this.#ignoringErrors(() => {
      this.#removePartial();
      const files = rotatedFiles(this.#folder, this.#name);
      this.#lastStamp = files.at(-1)?.stamp;
      for (const { path, isCompressed } of files) if (isCompressed) rmSync(path, { force: true });
      this.#prune();
      for (const { path, isPlain, isCompressed } of files) if (isPlain && !isCompressed) this.#compress(path);
    });
  }

  /**
   * Renames the log file, which nobody must write to any more. Does nothing if somebody has deleted it.
   * @throws an error of the operating system
   */
  rotate(): void {
    const current = logPath(this.#folder, this.#name);
    const stamp = nextStamp(this.#lastStamp);
    const path = `${current}.${stamp}`;
    if (!existsSync(current)) return;
    renameSync(current, path);
    this.#lastStamp = stamp;
    this.#ignoringErrors(() => this.#prune());
    this.#compress(path);
  }

  /** Ends compression. The next start does it. */
  close(): Promise<void> {
    this.#closing.abort();
    return compressing;
  }

  #compress(path: string): void {
    const { signal } = this.#closing;
    compressing = compressing.then(async () => {
      if (signal.aborted || statSync(path, { throwIfNoEntry: false }) === undefined) return;
      // A file that cannot be compressed stays as it is: it counts with its full size, and is readable.
      await compressFile(path, signal).catch(() => {});
    });
  }

  /** Deletes the oldest files until the others are within the limits. */
  #prune(): void {
    let [files, bytes] = [0, 0];
    for (const file of rotatedFiles(this.#folder, this.#name).toReversed()) {
      files += 1;
      bytes += sizeOf(file);
      if (files <= this.#limits.maxFiles && bytes <= this.#limits.maxBytes) continue;
      for (const ending of ["", COMPRESSED]) rmSync(file.path + ending, { force: true });
    }
  }

  #removePartial(): void {
    const start = `${this.#name}.log.`;
    for (const file of readdirSync(this.#folder)) {
      if (file.startsWith(start) && file.endsWith(PARTIAL)) rmSync(join(this.#folder, file), { force: true });
    }
  }

  /** Old files that cannot be listed or deleted do not keep new records from being written. */
  #ignoringErrors(run: () => void): void {
    try {
      run();
    } catch {
      // the next rotation tries it again
    }
  }
}

function sizeOf({ path, isPlain, isCompressed }: RotatedFile): number {
  const paths = [isPlain ? path : [], isCompressed ? path + COMPRESSED : []].flat();
  return paths.reduce((sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0), 0);
}
