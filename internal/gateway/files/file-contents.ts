import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { READ_FLAGS } from "../../files/open-for-reading.ts";
import { type Leave, Turns } from "../../work/turns.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { FileBody } from "./file-body.ts";
import { FileChangedError } from "./file-errors.ts";
import type { FileVariant } from "./file-variant.ts";

/**
 * Maximum bytes of one cached file, and of all. A cached file of 1 MiB is sent at 3 times the rate of one that is read.
 */
const MAX_KEPT = 1_048_576;
const BUDGET = 67_108_864;
/** Maximum number of waiting reads per client. */
const WAITING = 1_024;

/** Reads files. Small files are read whole and cached within the budget; others are read while they are sent. */
export class FileContents {
  readonly #maxKept: number;
  readonly #turns: Turns;
  readonly #reading = new Map<FileVariant, Promise<Buffer>>();
  /** Cached files, the oldest first. */
  readonly #kept = new Set<FileVariant>();
  #bytes = 0;

  /**
   * @param places - maximum number of open files. One client gets at most half, so that a slow one cannot block others.
   */
  constructor(places: number, isKeeping: boolean) {
    this.#maxKept = isKeeping ? MAX_KEPT : -1;
    this.#turns = new Turns({ places, perCaller: Math.ceil(places / 2), waiting: WAITING });
  }

  /** The whole file; undefined if it is too large for the cache. */
  whole(variant: FileVariant, exchange: Exchange): Buffer | Promise<Buffer> | undefined {
    if (variant.contents !== undefined) return variant.contents;
    if (variant.size > Math.max(0, this.#maxKept)) return undefined;
    let reading = this.#reading.get(variant);
    if (reading === undefined) {
      reading = this.#read(variant, exchange.client).finally(() => this.#reading.delete(variant));
      this.#reading.set(variant, reading);
    }
    return reading;
  }

  /**
   * The bytes from `start` to `end`, both included. The file is closed when they are read, or the exchange has ended.
   */
  async part(variant: FileVariant, start: number, end: number, exchange: Exchange): Promise<Readable> {
    const [handle, leave] = await this.#open(variant, exchange.client, exchange.gone);
    const body = new FileBody(handle, start, end);
    body.once("close", leave);
    exchange.onEnd(() => body.destroy());
    return body;
  }

  drop(variant: FileVariant): void {
    if (!this.#kept.delete(variant)) return;
    this.#bytes -= variant.size;
    variant.drop();
  }

  async #read(variant: FileVariant, client: string): Promise<Buffer> {
    const [handle, leave] = await this.#open(variant, client);
    try {
      const readAt = Date.now();
      const contents = await readUpTo(handle, variant.size + 1);
      if (contents.length !== variant.size) return await differing(variant, contents, handle);
      if (this.#maxKept >= 0) this.#keep(variant, contents, readAt);
      return contents;
    } finally {
      await handle.close();
      leave();
    }
  }

  async #open(variant: FileVariant, client: string, signal?: AbortSignal): Promise<[FileHandle, Leave]> {
    const leave = await this.#turns.enter(client, signal);
    let handle: FileHandle | undefined;
    try {
      handle = await open(variant.path, READ_FLAGS);
      if (!variant.isStill(await handle.stat()))
        throw new FileChangedError(`${variant.path} was changed while it was opened`);
      return [handle, leave];
    } catch (error) {
      await handle?.close();
      leave();
      throw error;
    }
  }

  #keep(variant: FileVariant, contents: Buffer, readAt: number): void {
    variant.keep(contents, readAt);
    this.#kept.add(variant);
    this.#bytes += variant.size;
    for (const oldest of this.#kept) {
      if (this.#bytes <= BUDGET) return;
      this.drop(oldest);
    }
  }
}

/**
 * Handles a file whose contents do not match its size. Files of /proc and /sys report 0 or 4,096 bytes whatever they
 * hold; they are sent as read, and never cached. Of a file that has just grown, the bytes up to the earlier size are
 * sent.
 */
async function differing(variant: FileVariant, contents: Buffer, handle: FileHandle): Promise<Buffer> {
  const isUnchanged = variant.isStill(await handle.stat());
  if (!isUnchanged && contents.length > variant.size) return contents.subarray(0, variant.size);
  if (!isUnchanged) throw new FileChangedError(`${variant.path} became shorter while it was read`);
  if (contents.length < variant.size) return contents;
  const all = await readUpTo(handle, MAX_KEPT + 1);
  if (all.length <= MAX_KEPT) return all;
  throw new FileChangedError(`${variant.path} has more than ${MAX_KEPT} bytes and does not report its size`);
}

async function readUpTo(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(most);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < most; filled += read) {
    ({ bytesRead: read } = await handle.read(buffer, filled, most - filled, filled));
  }
  return buffer.subarray(0, filled);
}
