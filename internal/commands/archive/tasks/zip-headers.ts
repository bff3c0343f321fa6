/** Headers of a zip archive (PKWARE APPNOTE 4.3), with 64-bit fields where 32 or 16 bits are not enough. */

export interface ZipRecord {
  readonly name: Buffer;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly mode: number;
  readonly modified: Date;
  readonly isFolder: boolean;
  /** Sizes and checksum follow the contents, in a descriptor. */
  readonly isStreamed: boolean;
  crc: number;
  size: number;
  packed: number;
  /** Offset of the local header. */
  readonly offset: number;
}

const [MAX_16, MAX_32] = [0xffff, 0xffffffff];
/** Made on Unix, by and for version 4.5, which introduced 64-bit fields. */
const MADE_BY = (3 << 8) | 45;
const [DESCRIPTOR_FLAG, UTF8_FLAG] = [0x8, 0x800];
const FOLDER = 0x10;

export function localHeader(record: ZipRecord): Buffer {
  const { isStreamed, crc, size, packed } = record;
  const extra = Buffer.concat([timeField(record), isStreamed ? wideField([0, 0]) : Buffer.alloc(0)]);
  const sizes = isStreamed ? [0, MAX_32, MAX_32] : [crc, packed, size];
  return Buffer.concat([u32(0x04034b50), common(record, sizes, extra), record.name, extra]);
}

/** Follows the contents of a streamed file. */
export function descriptor({ crc, size, packed }: ZipRecord): Buffer {
  return Buffer.concat([u32(0x08074b50, crc), u64(packed, size)]);
}

export function centralHeader(record: ZipRecord): Buffer {
  const { crc, size, packed, offset, mode, isFolder, name } = record;
  const wide = [size, packed, offset].filter((value) => value >= MAX_32);
  const extra = Buffer.concat([timeField(record), wide.length > 0 ? wideField(wide) : Buffer.alloc(0)]);
  const sizes = [crc, Math.min(packed, MAX_32), Math.min(size, MAX_32)];
  const attributes = u32(((mode << 16) | (isFolder ? FOLDER : 0)) >>> 0, Math.min(offset, MAX_32));
  return Buffer.concat([
    u32(0x02014b50),
    u16(MADE_BY),
    common(record, sizes, extra),
    u16(0, 0, 0),
    attributes,
    name,
    extra,
  ]);
}

export function endOfDirectory(entries: number, offset: number, size: number): Buffer {
  const isWide = entries >= MAX_16 || offset >= MAX_32 || size >= MAX_32;
  const counts = u16(Math.min(entries, MAX_16), Math.min(entries, MAX_16));
  const end = Buffer.concat([
    u32(0x06054b50),
    u16(0, 0),
    counts,
    u32(Math.min(size, MAX_32), Math.min(offset, MAX_32)),
    u16(0),
  ]);
  if (!isWide) return end;
  const wide = Buffer.concat([
    u32(0x06064b50),
    u64(44),
    u16(MADE_BY, 45),
    u32(0, 0),
    u64(entries, entries, size, offset),
  ]);
  return Buffer.concat([wide, u32(0x07064b50, 0), u64(offset + size), u32(1), end]);
}

/** The fields from "version needed" to "extra field length", which are the same in a local and a central header. */
function common({ name, method, isStreamed, modified }: ZipRecord, sizes: readonly number[], extra: Buffer): Buffer {
  const flags = UTF8_FLAG | (isStreamed ? DESCRIPTOR_FLAG : 0);
  return Buffer.concat([u16(45, flags, method, ...dosTime(modified)), u32(...sizes), u16(name.length, extra.length)]);
}

/** Local time in steps of two seconds, from 1980 to 2107. */
function dosTime(date: Date): [time: number, day: number] {
  const year = Math.min(127, Math.max(0, date.getFullYear() - 1980));
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  return [time, (year << 9) | ((date.getMonth() + 1) << 5) | date.getDate()];
}

/** Info-ZIP's extended timestamp: Unix time in seconds, independent of the time zone. */
function timeField({ modified }: ZipRecord): Buffer {
  const seconds = Math.floor(modified.getTime() / 1000);
  if (seconds !== (seconds | 0)) return Buffer.alloc(0);
  return Buffer.concat([u16(0x5455, 5), Buffer.from([1]), u32(seconds >>> 0)]);
}

function wideField(values: readonly number[]): Buffer {
  return Buffer.concat([u16(1, values.length * 8), u64(...values)]);
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8);
  return bytes;
}
