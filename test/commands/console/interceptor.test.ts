import { createDecipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Configuration } from "../../../internal/commands/console/shared/configuration.ts";
import { Interceptor } from "../../../internal/commands/console/shared/interceptor.ts";

/** An interceptor with a clock at 07:05:09.042 local time. The clock advances only when a test sets it. */
function interceptor(configuration: Partial<Configuration> = {}) {
  const clock = { now: new Date(2026, 0, 1, 7, 5, 9, 42).getTime() };
  const made = new Interceptor(() => clock.now);
  made.configure({ maxInterceptionsPerSecond: 100, ...configuration });
  return { clock, made, ask: (message: string, level = "log") => made.intercept(message, level, 2) };
}

test("a message is prefixed with its time, category and worker", () => {
  expect(interceptor().ask("hello")).toBe("07:05:09.042 [OTHER][W2] hello");
});

describe("patterns", () => {
  const filters = { userAppPatterns: ["^app:"], systemPatterns: ["kernel", "app"], excludePatterns: ["secret|token"] };

  test.each([
    ["app: up", "[USERAPP]"],
    ["an app of the system", "[SYSTEM]"],
    ["KERNEL panic", "[SYSTEM]"],
    ["hello", "[OTHER]"],
  ])("assign %j to %s", (message, category) => {
    expect(interceptor({ filters }).ask(message)).toContain(category);
  });

  test("suppress excluded messages regardless of case, and messages that are not included", () => {
    expect(interceptor({ filters }).ask("the SECRET is")).toBe("");
    const included = interceptor({ filters: { includePatterns: ["^http", {}] } });
    expect(included.ask("HTTP GET /")).not.toBe("");
    expect(included.ask("hello")).toBe("");
  });

  test("that were RegExp objects, which become {} in JSON, are ignored", () => {
    const { ask } = interceptor({ filters: { includePatterns: [{}, null], excludePatterns: [{}] } });
    expect(ask("hello")).not.toBe("");
  });

  test("may begin with Go's (?i), and are literal text if they are not a valid expression", () => {
    const { ask, made } = interceptor();
    const filters = { excludePatterns: ["(?i)debug:", "price (USD"], systemPatterns: ["(?=lookahead)"] };
    expect(made.configure({ maxInterceptionsPerSecond: 100, filters })).toEqual([
      { pattern: "price (USD", reason: expect.stringContaining("missing closing )") },
      { pattern: "(?=lookahead)", reason: expect.stringContaining("(?=") },
    ]);
    expect(ask("DEBUG: x")).toBe("");
    expect(ask("the price (usd) is")).toBe("");
    expect(ask("the price is")).not.toBe("");
  });

  test("may contain JavaScript's escapes", () => {
    const { ask } = interceptor({ filters: { excludePatterns: ["^\\u00e9t\\u{e9}$"] } });
    expect(ask("Été")).toBe("");
    expect(ask("u00e9")).not.toBe("");
  });

  test("that backtrack exponentially in JavaScript's engine are matched in linear time", () => {
    const { ask } = interceptor({ filters: { excludePatterns: ["^(a+)+$", "(x+x+)+y"] } });
    const before = performance.now();
    expect(ask(`${"a".repeat(4_000)}b`)).not.toBe("");
    expect(ask("x".repeat(1_000_000))).not.toBe("");
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test("see only the first 4,096 characters, as if the message ended there", () => {
    const { ask } = interceptor({ filters: { excludePatterns: ["secret", "^x+$"] } });
    expect(ask(`${"-".repeat(4_090)}secret`)).toBe("");
    expect(ask(`${"-".repeat(4_091)}secret`)).not.toBe("");
    expect(ask(`${"x".repeat(4_096)}y`)).toBe("");
  });
});

describe("the limit per second", () => {
  test("is 100 in a fixed window that begins with the first message", () => {
    const { ask, clock, made } = interceptor();
    const shown = () => Array.from({ length: 150 }, () => ask("x")).filter((text) => text !== "").length;
    expect(shown()).toBe(100);
    clock.now += 999;
    expect(shown()).toBe(0);
    clock.now += 1;
    expect(shown()).toBe(100);
    expect(made.figures()).toEqual({
      data: { log: 200 },
      intercepted: 200,
      suppressed: { by_rate: 250, by_filter: 0 },
    });
  });

  test("does not count filtered messages", () => {
    const { ask } = interceptor({ maxInterceptionsPerSecond: 1, filters: { excludePatterns: ["noise"] } });
    expect(ask("noise")).toBe("");
    expect(ask("signal")).not.toBe("");
    expect(ask("signal")).toBe("");
  });

  test("still admits messages after the clock is set back", () => {
    const { ask, clock } = interceptor({ maxInterceptionsPerSecond: 1 });
    expect(ask("x")).not.toBe("");
    clock.now -= 3_600_000;
    expect(ask("x")).not.toBe("");
  });
});

describe("levels", () => {
  test("below the minimum are suppressed", () => {
    const { ask } = interceptor({ filters: { minLevel: "warn" } });
    const shown = ["debug", "log", "info", "warn", "error"].filter((level) => ask("x", level) !== "");
    expect(shown).toEqual(["warn", "error"]);
  });

  test("are processed whatever methods the client intercepts: console.log arrives with the level info", () => {
    const filters = { excludePatterns: ["secret"], userAppPatterns: ["^app"] };
    for (const interceptMethods of [["log", "warn"], ["error"], []]) {
      const { ask } = interceptor({ interceptMethods, filters });
      for (const level of ["info", "log", "warn", "debug"]) {
        expect(ask("a secret", level)).toBe("");
        expect(ask("app up", level)).toBe("07:05:09.042 [USERAPP][W2] app up");
      }
    }
  });

  test("return messages unchanged while interception is disabled", () => {
    const none = interceptor({ enabled: false, filters: { excludePatterns: ["x"] } });
    expect(none.ask("x")).toBe("x");
    expect(none.made.figures().intercepted).toBe(0);
  });

  test("that are unknown are counted together", () => {
    const { ask, made } = interceptor();
    for (const level of ["log", "made-up", "constructor", "__proto__"]) ask("x", level);
    expect(made.figures().data).toEqual({ log: 1, other: 3 });
  });
});

test.each([
  ["abcdef", 4, "abcd"],
  ["abcdef", 6, "abcdef"],
  ["abc🚀", 4, "abc"],
  ["abcdef", 0, "abcdef"],
])("%j with a limit of %i characters is truncated to %j", (message, maxLength, expected) => {
  expect(interceptor({ filters: { maxLength } }).ask(message)).toBe(`07:05:09.042 [OTHER][W2] ${expected}`);
});

describe("encryption", () => {
  test.each([16, 24, 32])("with a key of %i bytes is AES-GCM: nonce, ciphertext, tag", (bytes) => {
    const key = "k".repeat(bytes);
    const { ask } = interceptor({ encryption: { enabled: true, key, algorithm: "aes-256-gcm" } });
    const [, sealed = ""] = /^07:05:09\.042 \[OTHER\]\[W2\] (\S+)$/.exec(ask("naïve")) ?? [];
    const raw = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv(`aes-${bytes * 8}-gcm` as "aes-256-gcm", key, raw.subarray(0, 12));
    decipher.setAuthTag(raw.subarray(-16));
    expect(decipher.update(raw.subarray(12, -16), undefined, "utf8") + decipher.final("utf8")).toBe("naïve");
    expect(ask("naïve")).not.toContain(sealed);
  });

  test.each([
    [{ enabled: true }, "INVALID_PARAMS"],
    [{ enabled: true, key: "short" }, "INVALID_PARAMS"],
    [{ enabled: true, key: "k".repeat(32), algorithm: "chacha20-poly1305" }, "UNSUPPORTED"],
  ])("configured as %j is refused, and the previous configuration stays", (encryption, code) => {
    const { ask, made } = interceptor({ filters: { excludePatterns: ["secret"] } });
    const configure = () => made.configure({ maxInterceptionsPerSecond: 1, encryption });
    expect(configure).toThrow(expect.objectContaining({ code }));
    expect([ask("secret"), ask("a") !== "", ask("b") !== ""]).toEqual(["", true, true]);
  });

  test("that is disabled needs no key", () => {
    expect(interceptor({ encryption: { enabled: false, key: "" } }).ask("x")).toMatch(/ x$/);
  });
});
