import { closeSync, fstatSync, readSync } from "node:fs";
import { AnswerSize } from "../files/answer-size.ts";
import { openForReadingSync } from "../files/open-for-reading.ts";
import readWhole from "./read-whole.ts";

interface Args {
  readonly path: string;
  readonly lines: number;
  /** Bytes. */
  readonly maxResult: number;
}

const COMMAND = "fs.tail";
const BLOCK = 65_536;
/** As JSON: `"",` around a line. */
const LINE_BYTES = 3;

/** Task: the last lines of a file, without their ends. */
export default function lastLines({ path, lines, maxResult }: Args): string[] {
  const pieces = endOf(path, lines, maxResult).split(/\r?\n/);
  if (pieces.at(-1) === "") pieces.pop(); // a final line end starts no line
  const last = lines === 0 ? [] : pieces.slice(-lines);
  const answer = new AnswerSize(COMMAND, path, maxResult);
  for (const line of last) answer.add(Buffer.byteLength(line) + LINE_BYTES);
  return last;
}

/** Text with at least so many lines at its end. What comes before them may begin within a line or a character. */
function endOf(path: string, lines: number, limit: number): string {
  const fd = openForReadingSync(path, COMMAND);
  try {
    const { size } = fstatSync(fd);
    // Files of /proc have contents and no size, thus no end to start from.
    if (size === 0) return readWhole({ command: COMMAND, path, encoding: "utf8", maxResult: limit });
    return readBackwards(fd, size, lines, limit);
  } finally {
    closeSync(fd);
  }
}

/**
 * In blocks, up to more line ends than lines (the file's last one ends the last line), or over the limit: the lines
 * that are there then are over it, too.
 */
function readBackwards(fd: number, size: number, lines: number, limit: number): string {
  let blocks: Buffer[] = [];
  let [ends, bytes] = [0, 0];
  for (let end = size; end > 0 && ends <= lines && bytes <= limit; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK);
    const block = readAt(fd, start, end - start);
    // Cut off meanwhile: what was read from behind this block is not in the file any more.
    if (block.length < end - start) [blocks, ends, bytes] = [[], 0, 0];
    blocks.unshift(block);
    ends += lineEnds(block);
    bytes += block.length;
  }
  return Buffer.concat(blocks).toString();
}

/** As many bytes as there are, which at the end of the file is fewer than asked for. */
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
