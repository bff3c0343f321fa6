import { readdirSync } from "node:fs";
import { rename, rm, truncate } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LogQuery, readLog } from "../../../internal/apps/log/read-log.ts";
import type { LogFormat, LogRecord } from "../../../internal/keeper/log/log-record.ts";
import { LogWriter, type LogWriterOptions } from "../../../internal/keeper/log/log-writer.ts";
import { formatRecord, RecordBatch } from "../../../internal/keeper/log/record-batch.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const START = Date.parse("2026-11-30T17:00:00Z");
const controllers: AbortController[] = [];
const writers: LogWriter[] = [];

afterEach(async () => {
  for (const controller of controllers.splice(0)) controller.abort();
  for (const writer of writers.splice(0)) await writer.close();
});

/** Records n, n + 1, … one second apart. */
const records = (from: number, to: number): LogRecord[] =>
  Array.from({ length: to - from }, (_, n) => ({
    time: START + (from + n) * 1_000,
    clone: String((from + n) % 2),
    stream: (from + n) % 3 === 0 ? "stderr" : "stdout",
    line: `line ${from + n}`,
  }));

const bytesOf = (list: readonly LogRecord[], format: LogFormat = "text") =>
  Buffer.concat(list.map((record) => formatRecord(format, record)));

const rotatedName = (second: number) =>
  `log/web.log.${new Date(START + second * 1_000).toISOString().replaceAll(":", "-")}`;

const read = (query: Partial<LogQuery> = {}) =>
  Array.fromAsync(readLog({ folder: sandbox.path("log"), name: "web", ...query }));
const numbersOf = (list: readonly LogRecord[]) => list.map(({ line }) => Number(line.split(" ")[1]));
const numbers = async (query: Partial<LogQuery> = {}) => numbersOf(await read(query));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

describe("reading a log", () => {
  beforeEach(async () => {
    await sandbox.write(`${rotatedName(99)}.gz`, gzipSync(bytesOf(records(0, 100))));
    await sandbox.write(rotatedName(199), bytesOf(records(100, 200)));
    await sandbox.write("log/web.log", bytesOf(records(200, 300)));
  });

  test("returns all records of all files", async () => {
    expect(await read()).toEqual(records(0, 300));
  });

  test.each([
    ["cut off", (whole: Buffer) => whole.subarray(0, whole.length / 2), "unexpected end of file"],
    ["overwritten at its end", (whole: Buffer) => whole.fill(0x55, whole.length - 8), "incorrect data check"],
    ["not compressed at all", () => Buffer.from("text"), "incorrect header check"],
  ])("a rotated file that is %s leaves a note in its place, whatever is selected", async (_, damage, reason) => {
    await sandbox.write(`${rotatedName(99)}.gz`, damage(gzipSync(bytesOf(records(0, 100)))));
    const gap = {
      ...{ time: START + 99_000, clone: "-", stream: "note", isGap: true },
      line: expect.stringMatching(
        new RegExp(`^web\\.log\\.2026-11-30T17-01-39\\.000Z\\.gz is damaged \\(.*${reason}.*\\): records`),
      ),
    };
    const all = await read();
    expect(all.slice(-201)).toEqual([gap, ...records(100, 300)]);
    expect(records(0, 100)).toEqual(expect.arrayContaining(all.slice(0, -201)));
    expect(await read({ stream: "stderr", grep: "line 299", lines: 1_000 })).toContainEqual(gap);
    expect(await read({ lines: 200 })).toEqual(records(100, 300)); // is not read
  });

  test.for([0, 1, 50, 100, 101, 250, 300, 1_000])("returns the last %i records", async (lines) => {
    expect(await read({ lines })).toEqual(records(Math.max(0, 300 - lines), 300));
  });

  test.for([undefined, 1_000, 7])("selects by time, clone, stream and text, of the last %s", async (lines) => {
    const last = (list: readonly number[]) => (lines === undefined ? list : list.slice(-lines));
    const query = (selection: Partial<LogQuery>) => numbers({ ...selection, lines });
    expect(await query({ since: START + 95_000 })).toEqual(last(range(95, 300)));
    expect(await query({ until: START + 105_000 })).toEqual(last(range(0, 106)));
    expect(await query({ since: START + 98_000, until: START + 201_000 })).toEqual(last(range(98, 202)));
    expect(await query({ since: START + 1_000_000 })).toEqual([]);
    expect(await query({ clone: "1" })).toEqual(last(range(0, 300).filter((n) => n % 2 === 1)));
    expect(await query({ stream: "stderr" })).toEqual(last(range(0, 300).filter((n) => n % 3 === 0)));
    expect(await query({ level: "error" })).toEqual(last(range(0, 300).filter((n) => n % 3 === 0)));
    expect(await query({ grep: "e 19" })).toEqual(last([19, ...range(190, 200)]));
    expect(await query({ grep: "(1|2)9$" })).toEqual(last([19, 29, 119, 129, 219, 229]));
    expect(await query({ grep: "LINE 29", ignoreCase: true })).toEqual(last([29, ...range(290, 300)]));
  });

  test("refuses an expression that does not compile, and one takes no time that would take JavaScript for ever", async () => {
    await expect(read({ grep: "(" })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    await sandbox.write(
      "log/web.log",
      bytesOf([{ time: START, clone: "0", stream: "stdout", line: "a".repeat(50_000) }]),
    );
    expect(await read({ grep: "(a+)+$x" })).toEqual([]);
  });

  test("reads only as many files as are needed", async () => {
    await sandbox.write(`${rotatedName(99)}.gz`, "this is not gzip");
    expect(await numbers({ lines: 150 })).toEqual(range(150, 300));
    expect(await numbers({ since: START + 100_000 })).toEqual(range(100, 300));
    expect((await read()).some(({ isGap }) => isGap)).toBe(true);
  });

  test("returns records once while a file is there both plain and compressed", async () => {
    await sandbox.write(`${rotatedName(199)}.gz`, gzipSync(bytesOf(records(100, 200))));
    expect(await numbers()).toEqual(range(0, 300));
    expect(await numbers({ lines: 150 })).toEqual(range(150, 300));
  });

  test("leaves out a record that is still being written, and text of others", async () => {
    await sandbox.write(
      "log/web.log",
      Buffer.concat([Buffer.from("other\n"), bytesOf(records(200, 210)).subarray(0, -3)]),
    );
    expect(await numbers({ lines: 20 })).toEqual(range(189, 209));
  });
});

test.for(["text", "json"] as const)("long lines in the %s format are read in both directions", async (format) => {
  const long = records(0, 60).map((record, n) => ({ ...record, line: `line ${n} ${"€".repeat(n * 2_500)}` }));
  await sandbox.write("log/web.log", bytesOf(long, format));
  expect(await read()).toEqual(long);
  expect(await read({ lines: 60 })).toEqual(long);
  expect(await read({ lines: 13 })).toEqual(long.slice(-13));
});

test("a log that does not exist has no records", async () => {
  expect(await read()).toEqual([]);
  expect(await read({ lines: 10 })).toEqual([]);
});

describe("following a log", () => {
  function writerOf(options: Partial<LogWriterOptions> = {}): LogWriter {
    const writer = new LogWriter({
      folder: sandbox.path("log"),
      name: "web",
      maxSize: 1_000_000,
      maxFiles: 100,
      ...options,
    });
    writers.push(writer);
    return writer;
  }

  function print(writer: LogWriter, from: number, to: number): void {
    const batch = new RecordBatch();
    batch.begin("text", { time: Date.now(), clone: "0", stream: "stdout" });
    for (const n of range(from, to)) batch.add(Buffer.from(`line ${n}`), 0, `line ${n}`.length, false);
    writer.append("0", batch);
  }

  /** The numbers that arrive. */
  function follow(query: Partial<LogQuery> = {}): { readonly seen: number[]; stop(): Promise<void> } {
    const controller = new AbortController();
    controllers.push(controller);
    const seen: number[] = [];
    const reading = (async () => {
      const all = { folder: sandbox.path("log"), name: "web", follow: true, signal: controller.signal, ...query };
      for await (const record of readLog(all)) seen.push(...numbersOf([record]));
    })();
    const stop = () => {
      controller.abort();
      return reading;
    };
    return { seen, stop };
  }

  test("starts with the last records, and goes on until it is aborted", async () => {
    const writer = writerOf();
    print(writer, 0, 10);
    const { seen, stop } = follow({ lines: 2 });
    await expect.poll(() => seen).toEqual([8, 9]);
    print(writer, 10, 12);
    await expect.poll(() => seen).toEqual([8, 9, 10, 11]);
    await stop();
  });

  test("waits for a log that does not exist", async () => {
    const { seen, stop } = follow();
    const writer = writerOf({ folder: sandbox.path("log") });
    print(writer, 0, 3);
    await expect.poll(() => seen).toEqual([0, 1, 2]);
    await stop();
  });

  test("neither loses nor doubles a record over many rotations", async () => {
    const writer = writerOf({ maxSize: 2_000, maxFiles: 10_000 });
    const { seen, stop } = follow();
    for (let n = 0; n < 3_000; n += 10) {
      print(writer, n, n + 10);
      if (n % 300 === 0) await expect.poll(() => seen.length).toBeGreaterThan(n - 1_000);
    }
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(3_000);
    expect(seen).toEqual(range(0, 3_000));
    expect(readdirSync(sandbox.path("log")).length).toBeGreaterThan(50);
    await stop();
  });

  test("goes on after files that were deleted before they were read", async () => {
    const writer = writerOf({ maxSize: 400, maxFiles: 2 });
    print(writer, 0, 5);
    const { seen, stop } = follow();
    await expect.poll(() => seen).toEqual(range(0, 5));
    for (let n = 5; n < 505; n += 5) print(writer, n, n + 5); // in one turn of the event loop
    await expect.poll(() => seen.at(-1)).toBe(504);
    // The file that was open is read to its end.
    expect(seen).toEqual([...range(0, 10), ...range(505 - (seen.length - 10), 505)]);
    expect(seen.length).toBeGreaterThanOrEqual(10 + 20);
    await stop();
  });

  test("goes on when somebody else moves, deletes or empties the file", async () => {
    await sandbox.write("log/web.log", bytesOf(records(0, 5)));
    const { seen, stop } = follow();
    await expect.poll(() => seen).toEqual(range(0, 5));
    await rename(sandbox.path("log/web.log"), sandbox.path("moved.log"));
    await sandbox.write("log/web.log", bytesOf(records(5, 10)));
    await expect.poll(() => seen).toEqual(range(0, 10));
    await rm(sandbox.path("log/web.log"));
    await sandbox.write("log/web.log", bytesOf(records(10, 15)));
    await expect.poll(() => seen).toEqual(range(0, 15));
    await truncate(sandbox.path("log/web.log"));
    await sandbox.write("log/web.log", bytesOf(records(15, 17)));
    await expect.poll(() => seen).toEqual(range(0, 17));
    await stop();
  });

  test("selects, and ends when the time is past `until`", async () => {
    const writer = writerOf();
    const { seen, stop } = follow({ grep: "[05]$", until: Date.now() + 600_000 });
    print(writer, 0, 11);
    await expect.poll(() => seen).toEqual([0, 5, 10]);
    await stop();
    expect(await numbers({ follow: true, until: Date.now() - 60_000 })).toEqual([]);
  });
});
