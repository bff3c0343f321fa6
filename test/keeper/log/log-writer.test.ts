import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { LogWriter, type LogWriterOptions } from "../../../internal/keeper/log/log-writer.ts";
import { RecordBatch } from "../../../internal/keeper/log/record-batch.ts";
import { useChildren } from "../../support/children.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const children = useChildren();
const writers: LogWriter[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const writer of writers.splice(0)) await writer.close();
});

function writerOf(options: Partial<LogWriterOptions> = {}): LogWriter {
  const writer = new LogWriter({
    folder: sandbox.path("log"),
    name: "web",
    maxSize: 1_000_000,
    maxFiles: 5,
    ...options,
  });
  writers.push(writer);
  return writer;
}

function print(writer: LogWriter, ...lines: string[]): void {
  const batch = new RecordBatch();
  batch.begin(writer.format, { time: Date.now(), clone: "0", stream: "stdout" });
  for (const line of lines) batch.add(Buffer.from(line), 0, Buffer.byteLength(line), false);
  writer.append("0", batch);
}

const files = () => readdirSync(sandbox.path("log")).sort();

/** The texts in all files, oldest first. */
function texts(): string[] {
  const [current, ...rotated] = files();
  return [...rotated, current].flatMap((file = "") => {
    const bytes = readFileSync(sandbox.path("log", file));
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => line.replace(/^\S+ \S+ \S+ /, ""));
  });
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `line ${from + n}`);

describe("the log file", () => {
  test("is created with its folder for the user only, and gets the lines of all clones", async () => {
    const writer = writerOf();
    print(writer, "one");
    writer.note("started", "1");
    expect(await sandbox.read("log/web.log")).toMatch(/^\S{24} 0 out one\n\S{24} 1 note started\n$/);
    expect((await stat(sandbox.path("log"))).mode & 0o777).toBe(0o700);
    expect((await stat(sandbox.path("log/web.log"))).mode & 0o777).toBe(0o600);
    expect(writer.state).toEqual({ written: 2, dropped: 0 });
    expect(writer.tail("0").map(({ line }) => line)).toEqual(["one"]);
    writer.forget("0");
    expect(writer.tail("0")).toEqual([]);
  });

  test("is continued by the next keeper, after an incomplete record too", async () => {
    await sandbox.write("log/web.log", "2026-11-30T17:00:00.000Z 0 out one\n2026-11-30T17:00:00.000Z 0 out tw");
    print(writerOf(), "three");
    expect(texts()).toEqual(["one", "tw", "three"]);
  });

  test("is made anew after somebody deleted or moved it", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const writer = writerOf();
    print(writer, "one");
    await rename(sandbox.path("log/web.log"), sandbox.path("moved.log"));
    vi.advanceTimersByTime(1_000);
    print(writer, "two");
    expect(texts()).toEqual(["two"]);
    await rm(sandbox.path("log"), { recursive: true });
    vi.advanceTimersByTime(1_000);
    print(writer, "three");
    expect(texts()).toEqual(["three"]);
    expect(await sandbox.read("moved.log")).toContain("one");
  });
});

describe("rotation", () => {
  test("goes on after somebody deleted the file just before", async () => {
    const writer = writerOf({ maxSize: 100 });
    print(writer, ...numbered(0, 3));
    await rm(sandbox.path("log/web.log"));
    print(writer, ...numbered(3, 6));
    expect(texts()).toEqual(numbered(3, 6));
    expect(writer.state).toEqual({ written: 6, dropped: 0 });
  });

  test("starts a new file before the size is exceeded, and compresses the old one", async () => {
    const writer = writerOf({ maxSize: 1_000, maxFiles: 100 });
    for (const line of numbered(0, 200)) print(writer, line);
    await expect.poll(() => files().filter((file) => !file.endsWith(".gz"))).toEqual(["web.log"]);
    expect(files().length).toBeGreaterThan(5);
    for (const file of files().slice(1)) {
      expect(file).toMatch(/^web\.log\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.gz$/);
      expect(gunzipSync(readFileSync(sandbox.path("log", file))).length).toBeLessThanOrEqual(1_000);
      expect(statSync(sandbox.path("log", file)).mode & 0o777).toBe(0o600);
    }
    expect(texts()).toEqual(numbered(0, 200));
  });

  test("happens by the age of the first record, also of one that another keeper wrote", () => {
    const [hour, now] = [3_600_000, Date.now()];
    vi.useFakeTimers({ toFake: ["Date", "performance"], now });
    print(writerOf({ maxAge: hour }), "one");
    vi.setSystemTime(now + hour - 1);
    print(writerOf({ maxAge: hour }), "two");
    expect(files()).toEqual(["web.log"]);
    vi.setSystemTime(now + hour + 1);
    print(writerOf({ maxAge: hour }), "three");
    expect(files()).toHaveLength(2);
    expect(texts()).toEqual(["one", "two", "three"]);
  });

  test("keeps a number of files, and all files within a number of bytes", async () => {
    const few = writerOf({ maxSize: 1_000, maxFiles: 3 });
    for (const line of numbered(0, 500)) print(few, line);
    expect(files()).toHaveLength(4);
    expect(texts()).toEqual(numbered(500 - texts().length, 500));
    await few.close();
    const small = writerOf({ maxSize: 1_000, maxFiles: 1_000, maxTotal: 5_000 });
    for (const line of numbered(500, 1_500)) {
      print(small, line);
      const bytes = files()
        .filter((file) => !file.endsWith(".tmp"))
        .map((file) => statSync(sandbox.path("log", file)).size);
      expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(5_000);
    }
    expect(texts().at(-1)).toBe("line 1499");
  });

  test("gives later names to later files when the clock is set back", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-30T17:00:00Z") });
    const writer = writerOf({ maxSize: 100, maxFiles: 100 });
    print(writer, ...numbered(0, 3));
    print(writer, ...numbered(3, 6));
    vi.setSystemTime(Date.parse("2026-11-30T16:00:00Z"));
    print(writer, ...numbered(6, 9));
    expect(files()).toEqual(["web.log", "web.log.2026-11-30T17-00-00.000Z", "web.log.2026-11-30T17-00-00.001Z"]);
    expect(texts()).toEqual(numbered(0, 9));
  });

  const OLD = "web.log.2026-11-30T17-00-00.000Z";
  const record = (text: string) => `2026-11-30T16:00:00.000Z 0 out ${text}\n`;
  test.for([
    ["the rename", { [OLD]: record("old") }],
    ["the start of the compression", { "web.log": record("new"), [OLD]: record("old"), [`${OLD}.gz.tmp`]: "half" }],
    [
      "the rename of the compressed file",
      { "web.log": record("new"), [OLD]: record("old"), [`${OLD}.gz`]: gzipSync(record("old")) },
    ],
    ["the deletion of the plain file", { "web.log": record("new"), [`${OLD}.gz`]: gzipSync(record("old")) }],
  ] as const)("is completed by the next keeper when this one was killed after %s", async ([, left]) => {
    for (const [file, contents] of Object.entries(left)) await sandbox.write(`log/${file}`, contents);
    const writer = writerOf();
    await expect.poll(() => files().filter((file) => file !== "web.log")).toEqual([`${OLD}.gz`]);
    print(writer, "newer");
    expect(texts()).toEqual(["old", ...("web.log" in left ? ["new"] : []), "newer"]);
  });

  test("leaves the files of others alone", async () => {
    const others = ["web.log.1", "web.log.2026-11-30T17-00-00.000Z.bak", "web2.log.2026-11-30T17-00-00.000Z"];
    for (const other of others) await sandbox.write(`log/${other}`, "other\n");
    const writer = writerOf({ maxSize: 100, maxFiles: 0 });
    print(writer, ...numbered(0, 3));
    print(writer, ...numbered(3, 6));
    expect(files()).toEqual(["web.log", ...others].sort());
    expect(await sandbox.read("log/web.log")).toContain("line 5");
  });
});

describe("a log that cannot be written", () => {
  test("drops and counts lines, says why, and says how many when it can be written again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    await mkdir(sandbox.path("log/web.log"), { recursive: true });
    const writer = writerOf();
    print(writer, "one", "two");
    expect(writer.state).toEqual({
      written: 0,
      dropped: 2,
      error: expect.stringContaining("illegal operation on a directory"),
    });
    expect(writer.tail("0").map(({ line }) => line)).toEqual(["one", "two"]);
    vi.advanceTimersByTime(1_000);
    print(writer, "three");
    expect(writer.state).toMatchObject({ written: 0, dropped: 3 });
    await rm(sandbox.path("log/web.log"), { recursive: true });
    vi.advanceTimersByTime(1_000);
    print(writer, "four");
    expect(writer.state).toEqual({ written: 2, dropped: 3 });
    expect(texts()).toEqual([
      expect.stringMatching(/^3 lines were dropped since \S+Z: writing the log failed on \S+: /),
      "four",
    ]);
  });

  test("is one that a directory has replaced, or that is no regular file", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const writer = writerOf();
    print(writer, "one");
    await rm(sandbox.path("log/web.log"));
    await symlink("/dev/full", sandbox.path("log/web.log"));
    vi.advanceTimersByTime(1_000);
    print(writer, "two");
    expect(writer.state).toEqual({ written: 1, dropped: 1, error: expect.stringContaining("web.log is not a file") });
  });

  test("is one whose folder is a file", async () => {
    await writeFile(sandbox.path("log"), "");
    const writer = writerOf();
    print(writer, "one");
    expect(writer.state).toEqual({ written: 0, dropped: 1, error: expect.stringContaining("not a directory") });
  });

  test("has no incomplete records when there was no more room in the middle of them", async () => {
    // A limit of the file size stands in for a full disk: the system writes up to it, and then refuses.
    const script = fileURLToPath(new URL("fixtures/limited-writer.ts", import.meta.url));
    const child = children.add(
      spawn("prlimit", ["--fsize=1000:unlimited", process.execPath, script, sandbox.path("log")], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    const [state] = await once(child.stdout.setEncoding("utf8"), "data");
    expect(JSON.parse(state)).toEqual({ written: 1, dropped: 100, error: expect.stringContaining("file too large") });
    expect(texts()).toEqual(["first"]);
    await promisify(execFile)("prlimit", [`--pid=${child.pid}`, "--fsize=unlimited"]);
    await expect.poll(texts).toEqual(["first", expect.stringMatching(/^100 lines were dropped since /)]);
    child.stdin.end();
    await once(child, "exit");
  });
});
