import { closeSync, fstatSync, readSync } from "node:fs";
import { AnswerSize } from "../../../files/answer-size.ts";
import { openForReadingSync } from "../../../files/open-for-reading.ts";
import readWhole from "./read-whole.ts";

interface Args {
  readonly path: string;
  readonly lines: number;
  /** Bytes. */
  readonly maxResult: number;
}

const COMMAND = "fs.tail";
const BLOCK = 65_536;
/** Bytes that JSON adds to a line: `"",`. */
const LINE_BYTES = 3;

/** Task: returns the last lines of a file, without line endings. */
export default function lastLines({ path, lines, maxResult }: Args): string[] {
  const pieces = endOf(path, lines, maxResult).split(/\r?\n/);
  if (pieces.at(-1) === "") pieces.pop(); // a final line ending does not start a line
  const last = lines === 0 ? [] : pieces.slice(-lines);
  const answer = new AnswerSize(COMMAND, path, maxResult);
  for (const line of last) answer.add(Buffer.byteLength(line) + LINE_BYTES);
  return last;
}

/** Text that ends with at least `lines` lines. It may start in the middle of a line or of a character. */
function endOf(path: string, lines: number, limit: number): string {
  const fd = openForReadingSync(path, COMMAND);
  try {
    const { size } = fstatSync(fd);
    const end = readBackwards(fd, size, lines, limit);
    if (end !== undefined) return end;
  } finally {
    closeSync(fd);
  }
  return readWhole({ command: COMMAND, path, encoding: "utf8", maxResult: limit });
}

/**
 * Reads blocks from the end until there are more line endings than lines (the last one ends the last line), or more
 * bytes than the limit, in which case the lines exceed it too. Undefined when the size does not tell where the end is:
 * files in /proc report size 0, and those in /sys report 4096.
 */
function readBackwards(fd: number, size: number, lines: number, limit: number): string | undefined {
  if (size === 0) return undefined;
  let blocks: Buffer[] = [];
  let [ends, bytes] = [0, 0];
  for (let end = size; end > 0 && ends <= lines && bytes <= limit; ) {
    const start = Math.max(0, end - BLOCK);
    const block = readAt(fd, start, end - start);
    if (block.length < end - start) {
      const now = fstatSync(fd).size;
      if (now >= end) return undefined;
      // The file was truncated meanwhile: the blocks read so far are no longer part of it.
      [blocks, ends, bytes, end] = [[], 0, 0, now];
      continue;
    }
    blocks.unshift(block);
    ends += lineEnds(block);
    bytes += block.length;
    end = start;
  }
  return Buffer.concat(blocks).toString();
}

/** Reads `length` bytes, or fewer at the end of the file. */
function readAt(fd: number, start: number, length: number): Buffer {
  const block = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const got = readSync(fd, block, filled, length - filled, start + filled);
    if (got === 0) break;
    filled += got;
  }
  return block.subarray(0, filled);
}

function lineEnds(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(10); at !== -1; at = block.indexOf(10, at + 1)) count += 1;
  return count;
}
