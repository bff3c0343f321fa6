import { expect, test } from "vitest";
import { isAtLeast, LINE_LEVELS, lineLevel } from "../../../internal/apps/log/line-level.ts";

const LINES: readonly (readonly [level: string, ...lines: string[]])[] = [
  ["trace", '{"level":10,"msg":"x"}', "TRACE x", "[trace] x", "5:00PM TRC x"],
  ["debug", '{"level":20}', '{"level":"debug"}', "2026-11-30T17:00:00Z DEBUG x", "time=x level=debug msg=x"],
  [
    "info",
    '{"level":30}',
    '{"severity":"INFO"}',
    "listening on 3000",
    "I1130 17:00:00.123456 1 x",
    "no error: fine",
    "",
  ],
  ["info", "GET /ERROR 200", "An ERROR-free run", "ERRORS: 0", '{"msg":"\\"level\\":50"}', '{"level":null}', "{ERROR"],
  [
    "warn",
    '{"level":40}',
    '{"log.level":"warn"}',
    "WARNING:root:x",
    "(node:7) Warning: x",
    "\x1b[33mWARN\x1b[39m x",
    "[12:00:01] warn: x",
  ],
  [
    "error",
    '{"level":50}',
    "ERROR x",
    "npm ERR! x",
    "[Error] x",
    "TypeError: x is not a function",
    "E1130 17:00:00.123456 1 x",
  ],
  [
    "error",
    "17:00:00.123 [main] ERROR com.example x",
    "error: x",
    "java.lang.IllegalStateException: x",
    'lvl="error" x',
  ],
  ["fatal", '{"level":60}', '{"level":99}', "FATAL x", "panic: runtime error", "[2026-11-30 17:00] CRITICAL x"],
];

test.for(LINES.flatMap(([level, ...lines]) => lines.map((line) => [line, level] as const)))(
  "%j is %s",
  ([line, level]) => {
    expect(lineLevel({ line, stream: "stdout" })).toBe(level);
  },
);

test("stderr is an error, unless the line says otherwise", () => {
  expect(lineLevel({ line: "    at main (app.js:1:1)", stream: "stderr" })).toBe("error");
  expect(lineLevel({ line: "INFO x", stream: "stderr" })).toBe("info");
  expect(lineLevel({ line: "started", stream: "note" })).toBe("info");
});

test("levels are in order", () => {
  expect(LINE_LEVELS.filter((level) => isAtLeast(level, "warn"))).toEqual(["warn", "error", "fatal"]);
});

test("a hostile line takes no time", () => {
  const start = performance.now();
  for (const unit of ["[", " ", "1", "a:", "\x1b[", "level="])
    lineLevel({ line: unit.repeat(500_000), stream: "stdout" });
  expect(performance.now() - start).toBeLessThan(5_000);
});
