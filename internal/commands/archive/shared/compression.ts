import type { Duplex } from "node:stream";
import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
} from "node:zlib";
import { XsysError } from "../../../../protocol/errors.ts";

export type Compression = "gzip" | "brotli" | "zstd";

/**
 * Each chunk is a round trip to another thread. With the default of 16 KiB the round trips take longer than the
 * compression. The write buffer holds more than one chunk, so that the next ones are read meanwhile.
 */
const buffers = { chunkSize: 262_144, writableHighWaterMark: 1_048_576 };

interface Codec {
  /** Lowest, highest and default level. Brotli's own default of 11 takes a minute for 100 MB. */
  readonly levels: readonly [lowest: number, highest: number, byDefault: number];
  compress(level: number): Duplex;
  expand(): Duplex;
}

const CODECS: Readonly<Record<Compression, Codec>> = {
  gzip: {
    levels: [0, 9, 6],
    compress: (level) => createGzip({ level, ...buffers }),
    expand: () => createGunzip(buffers),
  },
  brotli: {
    levels: [0, 11, 6],
    compress: (level) => createBrotliCompress({ ...buffers, params: { [constants.BROTLI_PARAM_QUALITY]: level } }),
    expand: () => createBrotliDecompress(buffers),
  },
  zstd: {
    levels: [1, 22, 3],
    compress: (level) => createZstdCompress({ ...buffers, params: { [constants.ZSTD_c_compressionLevel]: level } }),
    expand: () => createZstdDecompress(buffers),
  },
};

export function compressor(command: string, compression: Compression, level: number | undefined): Duplex {
  return CODECS[compression].compress(levelOf(command, compression, level));
}

/** The requested level, or the default one. */
export function levelOf(command: string, compression: Compression, level: number | undefined): number {
  const [lowest, highest, byDefault] = CODECS[compression].levels;
  const chosen = level ?? byDefault;
  if (chosen >= lowest && chosen <= highest) return chosen;
  throw new XsysError(
    "INVALID_PARAMS",
    `${command}: level ${chosen} is out of range: ${compression} supports ${lowest}–${highest}`,
    { details: { level: chosen, compression } },
  );
}

export function expander(compression: Compression): Duplex {
  return CODECS[compression].expand();
}

export function compressionOfName(path: string): Compression | undefined {
  if (/\.t?br$/i.test(path)) return "brotli";
  return /\.(zst|tzst)$/i.test(path) ? "zstd" : undefined;
}
