import { pino, stdTimeFunctions } from "pino";
import { expect, test } from "vitest";
import { plainLine } from "../../../../cmd/xsys/server/log/plain-line.ts";
import type { Logger } from "../../../../internal/base/log.ts";

/** The plain lines that a logger's records are written as. */
function logged(write: (log: Logger) => void): string {
  const lines: string[] = [];
  const options = { level: "trace", base: { pid: 1 }, timestamp: stdTimeFunctions.isoTime };
  write(pino(options, { write: (record) => void lines.push(plainLine(record)) }));
  return lines.join("");
}

/** The pattern by which XyPriss's client recognizes a log line. */
const KNOWN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARN|ERROR) \[ThreadId\(1\)\] (.*)\n$/;

test.each([
  ["info", "INFO"],
  ["warn", "WARN"],
  ["error", "ERROR"],
  ["fatal", "ERROR"],
] as const)("a record of level %s becomes a line of level %s that XyPriss's client recognizes", (level, name) => {
  const [, found, rest] = KNOWN.exec(logged((log) => log[level]("stopping"))) ?? [];
  expect([found, rest]).toEqual([name, "stopping"]);
});

test("fields follow the message and are quoted if necessary", () => {
  const fields = { worker: "0", exit: null, reason: "no such file", tries: 3, at: { path: "/a" } };
  const [, , rest] = KNOWN.exec(logged((log) => log.info(fields, "a worker died"))) ?? [];
  expect(rest).toBe('a worker died worker=0 exit=null reason="no such file" tries=3 at={"path":"/a"}');
});

test("a record is always one line, with control characters escaped", () => {
  const text = logged((log) => log.error({ err: new Error("a\nb"), name: "x\u001b[2J\u009b2J" }, "one\ntwo\r\u0000"));
  expect(text.split("\n")).toHaveLength(2);
  expect(text).toContain("one\\ntwo\\r\\x00 ");
  expect(text).toContain('"message":"a\\nb"');
  expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
});

test("colour codes are removed from a worker's line", () => {
  const [, , rest] = KNOWN.exec(logged((log) => log.warn("[Worker 2] \u001b[31mno\u001b[0m\ttab"))) ?? [];
  expect(rest).toBe("[Worker 2] no\ttab");
});
