import type { Transform } from "node:stream";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Coding } from "./accepted-codings.ts";

export interface Encoder {
  /** At once where that keeps the event loop for a shorter time than giving it to another thread and taking it back. */
  whole(body: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** The same, remembered for as long as the body is. */
  once(body: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Gives what was written as soon as it was. */
  stream(): Transform;
}

/** From this level on compressing takes so long that it is always another thread's. */
const SLOW_LEVEL = 7;

export function createEncoder(coding: Coding, level: number): Encoder {
  const { sync, async, stream, atOnce } = ALGORITHMS[coding](Math.max(1, level));
  const limit = level < SLOW_LEVEL ? atOnce : 0;
  const made = new WeakMap<Uint8Array, Uint8Array | Promise<Uint8Array>>();

  function whole(body: Uint8Array): Uint8Array | Promise<Uint8Array> {
    return body.length <= limit ? sync(body) : async(body);
  }

  function once(body: Uint8Array): Uint8Array | Promise<Uint8Array> {
    let encoded = made.get(body);
    if (encoded === undefined) {
      encoded = whole(body);
      made.set(body, encoded);
      if (encoded instanceof Promise)
        encoded.then(
          (done) => made.set(body, done),
          () => made.delete(body),
        );
    }
    return encoded;
  }

  return { whole, once, stream };
}

interface Algorithm {
  readonly sync: (body: Uint8Array) => Uint8Array;
  readonly async: (body: Uint8Array) => Promise<Uint8Array>;
  readonly stream: () => Transform;
  /**
   * Bytes up to which the loop is busy no longer with compressing than with handing over: measured at level 4, 16 KiB
   * with gzip 41 µs against 33 and with brotli 63 against 29 (the answer 50 µs later, though); zstd, whose contexts are
   * dear to set up in a thread, 89 µs against 198 with 64 KiB.
   */
  readonly atOnce: number;
}

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);
const deflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.deflate);
const brotli = promisify<zlib.InputType, zlib.BrotliOptions, Buffer>(zlib.brotliCompress);
const zstd = promisify<zlib.InputType, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);

const { constants } = zlib;

const ALGORITHMS: Readonly<Record<Coding, (level: number) => Algorithm>> = {
  gzip(level) {
    const options = { level: Math.min(level, 9) };
    return {
      sync: (body) => zlib.gzipSync(body, options),
      async: (body) => gzip(body, options),
      stream: () => zlib.createGzip({ ...options, flush: constants.Z_SYNC_FLUSH }),
      atOnce: 16_384,
    };
  },
  deflate(level) {
    const options = { level: Math.min(level, 9) };
    return {
      sync: (body) => zlib.deflateSync(body, options),
      async: (body) => deflate(body, options),
      stream: () => zlib.createDeflate({ ...options, flush: constants.Z_SYNC_FLUSH }),
      atOnce: 16_384,
    };
  },
  br(level) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: Math.min(level, 11) };
    return {
      sync: (body) => zlib.brotliCompressSync(body, { params }),
      async: (body) => brotli(body, { params }),
      stream: () => zlib.createBrotliCompress({ params, flush: constants.BROTLI_OPERATION_FLUSH }),
      atOnce: 16_384,
    };
  },
  zstd(level) {
    const params = { [constants.ZSTD_c_compressionLevel]: Math.min(level, 19) }; // from 20 on it takes hundreds of MiB
    return {
      sync: (body) => zlib.zstdCompressSync(body, { params }),
      async: (body) => zstd(body, { params }),
      stream: () => zlib.createZstdCompress({ params, flush: constants.ZSTD_e_flush }),
      atOnce: 65_536,
    };
  },
};
