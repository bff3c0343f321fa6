import type { FileHandle } from "node:fs/promises";
import { XsysError } from "../../../../protocol/errors.ts";
import { type Compression, compressionOfName } from "./compression.ts";
import { readAt } from "./read-at.ts";
import { hasChecksum, RECORD } from "./tar-header.ts";

/** The first bytes of a format. The first entry that matches is used. */
interface Signature {
  readonly bytes: readonly number[];
  readonly name: string;
  readonly kind: "compression" | "archive";
}

const text = (value: string) => [...Buffer.from(value, "latin1")];
const compressed = (name: string, bytes: readonly number[]): Signature => ({ name, bytes, kind: "compression" });
const archived = (name: string, bytes: readonly number[]): Signature => ({ name, bytes, kind: "archive" });

/** Formats that are not supported, with the signature from each specification. */
const OTHERS: readonly Signature[] = [
  compressed("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
  compressed("bzip2", text("BZh")),
  compressed("lz4", [0x04, 0x22, 0x4d, 0x18]),
  compressed("lz4", [0x02, 0x21, 0x4c, 0x18]),
  compressed("lzip", text("LZIP")),
  compressed("lzop", [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]),
  compressed("compress (.Z)", [0x1f, 0x9d]),
  archived("7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  archived("rar", text("Rar!\x1a\x07")),
  archived("cpio", text("07070")),
  archived("ar", text("!<arch>\n")),
];
const ZIP = ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08"].map(text);

/** Bytes that are read; a tar header has this size. */
const START = RECORD;
/** Maximum number of skippable frames at the start of a zstd file. */
const MAX_SKIPPED = 1_000;

/**
 * Reads the first bytes that identify the format, after any skippable frames, which zstd and lz4 allow to hold
 * arbitrary data.
 */
export async function startOf(file: FileHandle): Promise<Buffer> {
  let start = await readAt(file, 0, START);
  for (let [at, frames] = [0, 0]; isSkippable(start) && frames < MAX_SKIPPED; frames++) {
    at += 8 + start.readUInt32LE(4);
    const next = await readAt(file, at, START);
    if (next.length < 4) return start;
    start = next;
  }
  return start;
}

/**
 * Detects the compression by the first bytes: RFC 1952, 2.3.1 and RFC 8878, 3.1.1 and 3.1.2. Brotli (RFC 7932) has no
 * signature.
 */
export function compressionOfContents(start: Buffer): Compression | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  return isSkippable(start) || begins(start, [0x28, 0xb5, 0x2f, 0xfd]) ? "zstd" : undefined;
}

/**
 * Detects how a tar archive is compressed; undefined when it is not.
 * @throws UNSUPPORTED for a format that is not supported.
 */
export async function compressionOfTar(command: string, path: string, file: FileHandle) {
  const start = await startOf(file);
  const compression = compressionOfContents(start);
  if (compression !== undefined || (start.length === START && hasChecksum(start))) return compression;
  if (compressionOfName(path) === "brotli") return "brotli";
  refuseOthers(command, path, start);
  return undefined;
}

/**
 * Throws an error that names the format, if the file is not damaged but has a different known format.
 * @throws UNSUPPORTED; INVALID_DATA for a zip archive, which another command reads.
 */
export function refuseOthers(command: string, path: string, start: Buffer): void {
  const details = { path };
  if (command !== "archive.unzip" && ZIP.some((bytes) => begins(start, bytes))) {
    const message = `${command} failed on ${path}: it is a zip archive; use archive.unzip`;
    throw new XsysError("INVALID_DATA", message, { details });
  }
  const found = OTHERS.find(({ bytes }) => begins(start, bytes)) ?? (isLzma(start) ? LZMA : undefined);
  if (found === undefined) return;
  const what = found.kind === "archive" ? `it is a ${found.name} archive` : `it is compressed with ${found.name}`;
  throw new XsysError("UNSUPPORTED", `${command} failed on ${path}: ${what}, which is not supported`, { details });
}

const LZMA = compressed("lzma", []);

/**
 * The lzma format has no signature. Like liblzma, this checks for the usual properties, a dictionary size of 2^n or 2^n
 * + 2^(n-1), and a content size that is below 256 GiB or unknown.
 */
function isLzma(start: Buffer): boolean {
  if (start.length < 13 || start[0] !== 0x5d) return false;
  const [dictionary, size] = [start.readUInt32LE(1), start.readBigUInt64LE(5)];
  const lowest = dictionary & -dictionary;
  const isUsual = dictionary !== 0 && (dictionary === lowest >>> 0 || dictionary === (lowest >>> 0) * 3);
  return isUsual && (size < 1n << 38n || size === 0xffff_ffff_ffff_ffffn);
}

/** A skippable frame, which holds no content (RFC 8878, 3.1.2). */
function isSkippable(start: Buffer): boolean {
  return start.length >= 8 && ((start[0] as number) & 0xf0) === 0x50 && begins(start.subarray(1), [0x2a, 0x4d, 0x18]);
}

function begins(start: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => start[at] === byte);
}
