import type { Stats } from "node:fs";
import { extname } from "node:path";
import { contentType } from "mime-types";
import type { Headers } from "../../../protocol/wire/worker.ts";

/** Suffixes of precompressed files, such as `app.js.br` beside `app.js`. */
export const SUFFIXES = { zstd: ".zst", br: ".br", gzip: ".gz" } as const;
export type FileCoding = keyof typeof SUFFIXES;

export interface VariantOptions {
  /** Name of the requested file, which determines the content type. */
  readonly name: string;
  readonly coding?: FileCoding | undefined;
  /** There are other variants, so the answer depends on Accept-Encoding. */
  readonly varies: boolean;
  /** Seconds. */
  readonly maxAge: number | undefined;
}

/** Milliseconds in which two writes may get the same timestamp: the kernel's clock ticks every 4 or 10 ms. */
const TICK = 20;

/** A file to be sent, in the state in which it was checked, with its header fields. */
export class FileVariant {
  readonly path: string;
  readonly coding: FileCoding | undefined;
  readonly size: number;
  readonly headers: Headers;
  readonly #stats: Stats;
  readonly #varies: boolean;
  #contents: Buffer | undefined;
  #readAt = 0;

  constructor(path: string, stats: Stats, { name, coding, varies, maxAge }: VariantOptions) {
    this.path = path;
    this.coding = coding;
    this.size = stats.size;
    this.#stats = stats;
    this.#varies = varies;
    this.headers = Object.freeze({
      "content-type": contentType(extname(name)) || "application/octet-stream",
      ...(coding && { "content-encoding": coding }),
      etag: tagOf(stats, coding),
      "last-modified": stats.mtime.toUTCString(),
      "accept-ranges": "bytes",
      ...(maxAge !== undefined && { "cache-control": `public, max-age=${maxAge}` }),
      ...(varies && { vary: "Accept-Encoding" }),
    });
  }

  /** The cached contents, if any. */
  get contents(): Buffer | undefined {
    return this.#contents;
  }

  keep(contents: Buffer, readAt: number): void {
    this.#contents = contents;
    this.#readAt = readAt;
  }

  drop(): void {
    this.#contents = undefined;
  }

  /** Whether the file on disk is still the one that this variant was created from. */
  isOf(path: string, stats: Stats, varies: boolean): boolean {
    if (path !== this.path || varies !== this.#varies || !this.isStill(stats)) return false;
    return this.#contents === undefined || stats.mtimeMs < this.#readAt - TICK;
  }

  isStill({ ino, size, mtimeMs, ctimeMs }: Stats): boolean {
    const before = this.#stats;
    return ino === before.ino && size === before.size && mtimeMs === before.mtimeMs && ctimeMs === before.ctimeMs;
  }
}

/**
 * A strong tag, as in nginx and Apache, so that it can be used in If-Range. Each coding of a file has its own tag.
 */
function tagOf({ size, mtimeMs }: Stats, coding: FileCoding | undefined): string {
  const version = `${size.toString(16)}-${mtimeMs.toString(16)}`;
  return coding === undefined ? `"${version}"` : `"${version}-${coding}"`;
}
