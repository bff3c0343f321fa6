import { type Duplex, pipeline } from "node:stream";
import { XsysError } from "../../../../protocol/errors.ts";

export type Bytes = AsyncIterable<Uint8Array>;

/** Pipes bytes through a stream. The iteration throws the error of either. */
export function through(source: Bytes, stream: Duplex): Bytes {
  pipeline(source, stream, () => {});
  return stream;
}

/**
 * Passes bytes on and calls `count` with the size of each chunk. Its result is awaited, and an error it throws ends the
 * stream.
 */
export async function* counted(source: Bytes, count: (bytes: number) => unknown): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    await count(chunk.byteLength);
    yield chunk;
  }
}

/** Decompresses. Throws INVALID_DATA for damaged data and TOO_LARGE when the limit is exceeded. */
export async function* expanded(
  source: Bytes,
  stream: Duplex,
  { command, path, maxBytes }: { readonly command: string; readonly path: string; readonly maxBytes: number },
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of through(source, stream)) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(command, path, maxBytes);
      yield chunk;
    }
  } catch (error) {
    const why = BEYOND[(error as NodeJS.ErrnoException)?.code ?? ""];
    if (why !== undefined) {
      throw new XsysError("UNSUPPORTED", `${command} failed on ${path}: ${why}`, { details: { path }, cause: error });
    }
    throw isZlibError(error) ? damaged(command, path, error) : error;
  }
}

/** Optional features of zstd that are not supported: RFC 8878, 3.1.1.1.2 and 5. */
const BEYOND: Readonly<Record<string, string>> = {
  ZSTD_error_frameParameter_windowTooLarge: "its zstd window exceeds the limit of 128 MiB",
  ZSTD_error_dictionary_wrong: "it was compressed with a zstd dictionary",
};

export function tooLarge(command: string, path: string, maxBytes: number): XsysError {
  return new XsysError("TOO_LARGE", `${command} failed on ${path}: it expands to more than ${maxBytes} bytes`, {
    details: { path, maxBytes },
  });
}

export function damaged(command: string, path: string, cause: unknown): XsysError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new XsysError("INVALID_DATA", `${command} failed on ${path}: it is damaged: ${reason}`, {
    details: { path },
    cause,
  });
}

/** zlib's errors also have an errno, but not one of the operating system. */
function isZlibError(error: unknown): boolean {
  return /^(Z_|ZSTD_|ERR__?ERROR|ERR_BROTLI|ERR_ZSTD)/.test((error as NodeJS.ErrnoException)?.code ?? "");
}
