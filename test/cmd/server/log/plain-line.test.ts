import { pino, stdTimeFunctions } from "pino";
import { expect, test } from "vitest";
import { plainLine } from "../../../../cmd/xsys/server/log/plain-line.ts";
import type { Logger } from "../../../../internal/base/log.ts";

/** What a logger's record becomes. */
function logged(write: (log: Logger) => void): string {
  const lines: string[] = [];
  const options = { level: "trace", base: { pid: 1 }, timestamp: stdTimeFunctions.isoTime };
  write(pino(options, { write: (record) => void lines.push(plainLine(record)) }));
  return lines.join("");
}

/** XyPriss's client knows a line of the log by this. */
const KNOWN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARN|ERROR) \[ThreadId\(1\)\] (.*)\n$/;

test.each([
  ["info", "INFO"],
  ["warn", "WARN"],
  ["error", "ERROR"],
  ["fatal", "ERROR"],
] as const)("a record of %s is a line of %s that XyPriss's client knows", (level, name) => {
  const [, found, rest] = KNOWN.exec(logged((log) => log[level]("stopping"))) ?? [];
  expect([found, rest]).toEqual([name, "stopping"]);
});

test("fields follow the message, quoted where they need it", () => {
  const fields = { worker: "0", exit: null, reason: "no such file", tries: 3, at: { path: "/a" } };
  const [, , rest] = KNOWN.exec(logged((log) => log.info(fields, "a worker died"))) ?? [];
  expect(rest).toBe('a worker died worker=0 exit=null reason="no such file" tries=3 at={"path":"/a"}');
});

test("a record is one line, whatever it has in it", () => {
  const text = logged((log) => log.error({ err: new Error("a\nb"), name: "x\u001b[2J\u009b2J" }, "one\ntwo\r\u0000"));
  expect(text.split("\n")).toHaveLength(2);
  expect(text).toContain("one\\ntwo\\r\\x00 ");
  expect(text).toContain('"message":"a\\nb"');
  expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
});

test("the colours of a worker's line are taken out", () => {
  const [, , rest] = KNOWN.exec(logged((log) => log.warn("[Worker 2] \u001b[31mno\u001b[0m\ttab"))) ?? [];
  expect(rest).toBe("[Worker 2] no\ttab");
});
