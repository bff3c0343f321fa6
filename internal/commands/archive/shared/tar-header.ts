import { TarFault } from "./tar-fault.ts";

/** Size of a header in bytes. Contents are padded to a multiple of it. */
export const RECORD = 512;

/** The fields of a header (POSIX.1-1988 ustar, which extends the older v7 format). */
export interface TarHeader {
  /** Also `0` for a file in the v7 format, which has NUL here. */
  readonly flag: string;
  readonly name: string;
  readonly linkName: string;
  /** Bytes of contents after the header. */
  readonly size: number;
  readonly mode: number | undefined;
  /** Seconds since 1970. */
  readonly modified: number | undefined;
}

/**
 * Reads a header. It is recognized only by its checksum, because the v7 format has no magic number.
 * @throws TarFault when it is not a header.
 */
export function decodeHeader(block: Buffer): TarHeader {
  if (!hasChecksum(block)) throw new TarFault("a header has a wrong checksum");
  const name = textAt(block, 0, 100);
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? textAt(block, 345, 155) : "";
  const code = block.toString("latin1", 156, 157);
  const isFolder = code === "5" || ("0\0".includes(code) && name.endsWith("/")); // v7 marks a folder only by the slash
  const flag = isFolder ? "5" : code === "\0" ? "0" : code;
  const size = isFolder ? 0 : numberAt(block, 124, 12);
  if (size === undefined || size < 0) throw new TarFault(`the size of ${name} is not a number`);
  return {
    flag,
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkName: textAt(block, 157, 100),
    size,
    mode: numberAt(block, 100, 8),
    modified: numberAt(block, 136, 12),
  };
}

/**
 * Verifies the checksum: the sum of the header's bytes, with the checksum field counted as spaces. Some old programs
 * summed signed bytes.
 */
export function hasChecksum(block: Buffer): boolean {
  let [unsigned, high] = [8 * 0x20, 0];
  for (let at = 0; at < RECORD; at++) {
    if (at >= 148 && at < 156) continue;
    const byte = block[at] as number;
    unsigned += byte;
    if (byte > 0x7f) high += 1;
  }
  const stated = numberAt(block, 148, 8);
  return stated === unsigned || stated === unsigned - 256 * high;
}

export function textAt(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

/**
 * Reads a number: octal digits, or GNU's base 256 if the first bit is set. Undefined when it is neither, or not a safe
 * integer.
 */
export function numberAt(block: Buffer, at: number, length: number): number | undefined {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) === 0) {
    const [, digits] = /^[ \0]*([0-7]*)(?:[ \0]|$)/.exec(field.toString("latin1")) ?? [];
    return digits === undefined ? undefined : Number.parseInt(`0${digits}`, 8);
  }
  const value = Number(BigInt.asIntN(length * 8 - 1, BigInt(`0x${field.toString("hex")}`)));
  return Number.isSafeInteger(value) ? value : undefined;
}
