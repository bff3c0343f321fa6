import type { Stats } from "node:fs";
import { extname } from "node:path";
import { contentType } from "mime-types";
import type { Headers } from "../../../protocol/wire/worker.ts";

/** Beside `app.js`, for whoever accepts its coding. */
export const SUFFIXES = { zstd: ".zst", br: ".br", gzip: ".gz" } as const;
export type FileCoding = keyof typeof SUFFIXES;

export interface VariantOptions {
  /** Of the file asked for, whose type it is. */
  readonly name: string;
  readonly coding?: FileCoding | undefined;
  /** There are others, so that who asked decides. */
  readonly varies: boolean;
  /** Seconds. */
  readonly maxAge: number | undefined;
}

/** Milliseconds in which a file may be written twice and have the same time: the kernel's clock ticks every 4, or every 10. */
const TICK = 20;

/** A file to be sent, as it was when it was looked at, with its header fields. */
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

  /** While they are kept in memory. */
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

  /** Whether what is there now is what this was made of. */
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
 * A strong tag, as those of nginx and Apache: a part that is asked for by it is a part of the same bytes. The same file in
 * two codings has two.
 */
function tagOf({ size, mtimeMs }: Stats, coding: FileCoding | undefined): string {
  const version = `${size.toString(16)}-${mtimeMs.toString(16)}`;
  return coding === undefined ? `"${version}"` : `"${version}-${coding}"`;
}
