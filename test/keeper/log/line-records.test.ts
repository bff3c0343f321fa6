import { describe, expect, test } from "vitest";
import { LineRecords } from "../../../internal/keeper/log/line-records.ts";
import { type LogFormat, type LogRecord, MAX_LINE } from "../../../internal/keeper/log/log-record.ts";
import { parseRecord, timeOfRecord } from "../../../internal/keeper/log/parse-record.ts";
import { formatRecord, RecordBatch } from "../../../internal/keeper/log/record-batch.ts";
import { RecordTail } from "../../../internal/keeper/log/record-tail.ts";
import { fc } from "../../support/property.ts";

const TIME = Date.parse("2026-11-30T17:00:00.123Z");
const ORIGIN = { time: TIME, clone: "0", stream: "stdout" } as const;
const HEAD = "2026-11-30T17:00:00.123Z 0 out ";

/** The file's bytes for chunks of output that ends. */
function written(chunks: readonly Buffer[], format: LogFormat = "text"): Buffer {
  const [lines, batch] = [new LineRecords(), new RecordBatch()];
  const pieces = chunks.map((chunk) => {
    batch.begin(format, ORIGIN);
    lines.push(chunk, batch);
    return Buffer.from(batch.bytes);
  });
  batch.begin(format, ORIGIN);
  lines.end(batch);
  return Buffer.concat([...pieces, batch.bytes]);
}

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] as number;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function parsed(bytes: Buffer): (LogRecord | undefined)[] {
  const records: (LogRecord | undefined)[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    records.push(parseRecord(bytes, start, end));
    start = end + 1;
  }
  return records;
}

describe("records of lines", () => {
  test("have a time, a clone, a stream and the text", () => {
    expect(written([Buffer.from("one\n\n  two\tx\r\n")]).toString()).toBe(`${HEAD}one\n${HEAD}\n${HEAD}  two\tx\n`);
  });

  test("are the same in whatever chunks the bytes arrive, and keep them byte for byte", () => {
    const line = fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => Buffer.from(bytes).toString("latin1").replaceAll("\n", "."));
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(line), sizes, (lines, pieces) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\r\n`).join(""), "latin1");
        const expected = lines.map((text) => `${HEAD}${text}\n`).join("");
        expect(written(split(bytes, pieces)).toString("latin1")).toBe(expected);
      }),
    );
  });

  test("include a last line without a line end", () => {
    expect(written([Buffer.from("one\ntw"), Buffer.from("o")]).toString()).toBe(`${HEAD}one\n${HEAD}two\n`);
  });

  test("cut a line of more than 1 MiB between characters, mark it, and lose nothing", () => {
    for (const beyond of [1, 2, 3, 4, 5, 1_000, MAX_LINE + 1]) {
      const line = Buffer.from(`a${"€".repeat(Math.ceil((MAX_LINE + beyond) / 3))}`).toString();
      const bytes = Buffer.from(`${line}\nnext\n`);
      for (const chunks of [[bytes], split(bytes, [65_536])]) {
        const records = parsed(written(chunks)) as LogRecord[];
        expect(
          records
            .map(({ line: text }) => text)
            .join("|")
            .replaceAll("|€", "€"),
        ).toBe(`${line}|next`);
        expect(records.map(({ continued }) => continued === true)).toEqual([
          ...Array.from({ length: records.length - 2 }, () => true),
          false,
          false,
        ]);
        expect(Math.max(...records.map(({ line: text }) => Buffer.byteLength(text)))).toBeLessThanOrEqual(MAX_LINE);
      }
    }
  });

  test("do not cut a line of exactly 1 MiB", () => {
    const line = "x".repeat(MAX_LINE);
    for (const end of ["\n", "\r\n", ""]) {
      const bytes = Buffer.from(`${line}${end}`);
      expect(parsed(written(split(bytes, [65_536])))).toEqual([{ ...ORIGIN, line }]);
      expect(parsed(written([bytes]))).toEqual([{ ...ORIGIN, line }]);
    }
  });

  test("can be JSON", () => {
    const bytes = written([Buffer.from('say "hi"\n')], "json");
    expect(JSON.parse(bytes.toString())).toEqual({ ...ORIGIN, time: "2026-11-30T17:00:00.123Z", line: 'say "hi"' });
    expect(parsed(bytes)).toEqual([{ ...ORIGIN, line: 'say "hi"' }]);
  });

  test("parse to what was written", () => {
    const record = fc.record({
      time: fc.integer({ min: 0, max: 4_102_444_800_000 }),
      clone: fc.constantFrom("0", "12", "-", "web_1"),
      stream: fc.constantFrom("stdout", "stderr", "note"),
      line: fc.string({ unit: fc.constantFrom("a", " ", "€", "{", "+", "\t", "\r", "\x1b") }),
    });
    fc.assert(
      fc.property(record, fc.constantFrom("text", "json"), fc.boolean(), (fields, format, isContinued) => {
        const expected = { ...fields, ...(isContinued && { continued: true as const }) } as LogRecord;
        const bytes = formatRecord(format as LogFormat, expected);
        expect(parseRecord(bytes, 0, bytes.length - 1)).toEqual(expected);
        expect(timeOfRecord(bytes, 0, bytes.length - 1)).toBe(fields.time);
      }),
    );
  });

  test("are told from other text", () => {
    const texts = [
      "",
      "x",
      HEAD.trim(),
      `${"x".repeat(24)} 0 out a`,
      "{",
      "{}",
      '{"time":1}',
      "2026-11-30T17:00:00.123Z 0 in a",
    ];
    for (const text of texts) {
      expect(parseRecord(Buffer.from(text), 0, Buffer.byteLength(text)), text).toBeUndefined();
    }
  });
});

describe("the last records of a clone", () => {
  test("are the last 200, from many batches or one, each with its beginning only", () => {
    const lines = Array.from({ length: 1_000 }, (_, n) => `${n} ${"x".repeat(n % 100 === 99 ? 70_000 : 50)}`);
    for (const size of [10, 3_000, 65_536, 8_000_000]) {
      const [tail, cutter, batch] = [new RecordTail(), new LineRecords(), new RecordBatch()];
      for (const chunk of split(Buffer.from(lines.map((line) => `${line}\n`).join("")), [size])) {
        batch.begin("text", ORIGIN);
        cutter.push(chunk, batch);
        if (batch.lines > 0) tail.add(batch.bytes, batch.lines);
      }
      const last = tail.last(1_000);
      expect(last).toHaveLength(200);
      expect(last.map(({ line }) => line.split(" ")[0])).toEqual(lines.slice(-200).map((line) => line.split(" ")[0]));
      expect(Math.max(...last.map(({ line }) => line.length))).toBeLessThan(8_200);
      expect(tail.last(1)).toEqual(last.slice(-1));
      expect(tail.last(0)).toEqual([]);
    }
  });
});
