import { closeSync } from "node:fs";
import type { Result } from "../../../../protocol/commands/index.ts";
import { AnswerSize } from "../../../files/answer-size.ts";
import { openForReadingSync } from "../../../files/open-for-reading.ts";
import { LineReader } from "./line-reader.ts";

interface Args {
  readonly a: string;
  readonly b: string;
  /** Bytes. */
  readonly maxResult: number;
}

const COMMAND = "fs.diff-files";
/** Size of a row without its lines: `{"line":1000,"file_a":"","file_b":""},`. */
const ROW_BYTES = 40;
const NO_LINE = Buffer.alloc(0);

/**
 * Task: compares two files line by line and returns the lines that differ. Lines are compared as bytes and returned as
 * text.
 */
export default function diffLines({ a, b, maxResult }: Args): Result<"fs.diff-files"> {
  return withOpen(a, (fdA) =>
    withOpen(b, (fdB) => compare(fdA, fdB, new AnswerSize(COMMAND, a, maxResult), maxResult)),
  );
}

function withOpen<T>(path: string, work: (fd: number) => T): T {
  const fd = openForReadingSync(path, COMMAND);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function compare(fdA: number, fdB: number, answer: AnswerSize, longest: number): Result<"fs.diff-files"> {
  const [readerA, readerB] = [new LineReader(fdA, longest), new LineReader(fdB, longest)];
  const differences: Result<"fs.diff-files"> = [];
  for (let line = 1; ; line += 1) {
    const [a, b] = [readerA.next(), readerB.next()];
    if (a === undefined && b === undefined) return differences;
    const [left, right] = [a ?? NO_LINE, b ?? NO_LINE];
    // A line over the limit was not read to its end, so it cannot be compared. Counting it raises TOO_LARGE.
    if (left.equals(right) && left.length <= longest) continue;
    answer.add(left.length + right.length + ROW_BYTES);
    differences.push({ line, file_a: left.toString(), file_b: right.toString() });
  }
}
