import type { Transform } from "node:stream";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Coding } from "./accepted-codings.ts";

export interface Encoder {
  /** Compresses synchronously if that blocks the event loop for less time than passing the body to the thread pool. */
  whole(body: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** The same, with the result cached for the lifetime of the body. */
  once(body: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Creates a stream that is flushed after each write. */
  stream(): Transform;
}

/** From this level on, compression is so slow that it always uses the thread pool. */
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
   * Bytes up to which a body is compressed synchronously. Measured at level 4, the event loop is busy for 41 µs with
   * gzip of 16 KiB, against 33 µs for passing it to the thread pool, and for 63 against 29 µs with brotli; the thread
   * pool answers 50 µs later, though. For zstd, whose contexts are expensive to create in a thread, it is 89 against
   * 198 µs at 64 KiB.
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
