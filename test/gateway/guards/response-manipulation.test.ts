import { Readable } from "node:stream";
import { RE2JS } from "re2js";
import { expect, test } from "vitest";
import type { Answer } from "../../../internal/gateway/exchange/answer.ts";
import { masked as maskedText } from "../../../internal/gateway/guards/masked.ts";
import { exchangeOf, guardsWith, request } from "./support.ts";

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

async function filtered(configuration: object, body: Answer["body"], headers = JSON_TYPE) {
  const { answerFilters, logged } = await guardsWith({ responseManipulation: { ...configuration } });
  const answer = { status: 200, headers, body };
  const [filter] = answerFilters;
  return { body: (await filter?.(answer, exchangeOf(request("/"))))?.body, logged, filter };
}

async function masked(rules: readonly object[], value: unknown, more: object = {}): Promise<unknown> {
  const { body } = await filtered({ rules, ...more }, Buffer.from(JSON.stringify(value)));
  return JSON.parse(String(body));
}

test("a field is masked at any depth, whatever its value", async () => {
  const value = {
    ssn: "123-45-6789",
    list: [{ ssn: 5 }, { ssn: { a: 1 } }, { ssn: [1] }, { ssn: null }],
    other: "ssn",
  };
  expect(await masked([{ field: "ssn" }], value)).toEqual({
    ssn: "***",
    list: [{ ssn: "***" }, { ssn: "[HIDDEN OBJECT]" }, { ssn: "[HIDDEN OBJECT]" }, { ssn: null }],
    other: "ssn",
  });
});

test("a field can be a regular expression, which is matched against names at every level", async () => {
  const value = {
    apiKey: "ABCDEFGH",
    user: { name: "ann", "access-Token": "eyJhbGciOi", list: [{ API_KEY: 12345 }, { tokens: ["a", "b"] }] },
    session: { token: { id: 1 }, id: 2 },
  };
  expect(await masked([{ field: "/token|api_?key/i" }], value)).toEqual({
    apiKey: "***",
    user: { name: "ann", "access-Token": "***", list: [{ API_KEY: "***" }, { tokens: "[HIDDEN OBJECT]" }] },
    session: { token: "[HIDDEN OBJECT]", id: 2 },
  });
  expect(await masked([{ field: "/^KEY$/" }], { key: "a", KEY: "b", KEYS: "c" })).toEqual({
    key: "a",
    KEY: "***",
    KEYS: "c",
  });
  expect(await masked([{ field: "/^n\\u00e9$/" }], { né: "a" })).toEqual({ né: "***" });
});

test("a regular expression for a field with a valuePattern masks that part of matching fields", async () => {
  const rules = [{ field: "/note|text/i", valuePattern: "/\\d+/" }];
  const value = { noteA: "id 12", Text: ["a 1", { b: "2" }], other: "3" };
  expect(await masked(rules, value)).toEqual({ noteA: "id ***", Text: ["a ***", { b: "2" }], other: "3" });
});

test("a name is matched only once for all items of its lists, as each match costs time", () => {
  let looks = 0;
  const isField = () => {
    looks++;
    return false;
  };
  const json = JSON.stringify({ [`token${"x".repeat(1_000)}`]: Array.from({ length: 1_000 }, () => [1, "2"]) });
  for (const pattern of [undefined, RE2JS.compile("no")]) {
    looks = 0;
    expect(maskedText(json, [{ isField, pattern, replacement: "x", preserve: 0 }], 10)).toBe(json);
    expect(looks).toBeLessThanOrEqual(2); // the root has no name, and may be matched too
  }
});

test("of a dotted path only the last field is masked", async () => {
  const value = {
    user: { card: { number: "1" } },
    number: "2",
    cards: [{ card: { number: "3" } }],
    "card.number": "4",
  };
  expect(await masked([{ field: "card.number", replacement: "x" }], value)).toEqual({
    user: { card: { number: "x" } },
    number: "2",
    cards: [{ card: { number: "x" } }],
    "card.number": "x",
  });
});

test("a pattern is masked in strings and numbers, and the first `preserve` characters are kept", async () => {
  const rules = [{ valuePattern: "\\d{4}-?\\d{4}-?\\d{4}-?\\d{4}", replacement: "****", preserve: 4 }];
  expect(await masked(rules, { a: "card 4111-1111-1111-1234 ok", b: 4111111111111234, c: [true, "x"] })).toEqual({
    a: "card 4111**** ok",
    b: "4111****",
    c: [true, "x"],
  });
  expect(await masked([{ field: "a", valuePattern: "/SECRET/i" }], { a: "a secret", b: "a secret" })).toEqual({
    a: "a ***",
    b: "a secret",
  });
});

test("the first characters of a field are kept, without splitting a character", async () => {
  const value = { token: "eyJhbGciOiJIUzI1NiJ9", short: "abc", number: 123456, emoji: "abc😀def" };
  const rules = ["token", "short", "number", "emoji"].map((field) => ({ field, preserve: 4 }));
  expect(await masked(rules, value)).toEqual({ token: "eyJh***", short: "***", number: "1234***", emoji: "abc***" });
});

test.each([[0], [false], [null], [""], [{ hidden: true }], [["x"]]])(
  "a replacement can be of any type: %j",
  async (replacement) => {
    const rules = [{ field: "pin", replacement, preserve: 2 }];
    expect(await masked(rules, { pin: "12345", in: { pin: 1 } })).toEqual({
      pin: replacement === "" ? "12" : replacement,
      in: { pin: replacement },
    });
    expect(await masked([{ valuePattern: "^\\d+$", replacement }], { a: "123" })).toEqual({ a: replacement });
  },
);

test("a replacement that is not a string is converted when it replaces part of a string", async () => {
  expect(await masked([{ valuePattern: "\\d+", replacement: 0 }], { a: "n 12 m 3" })).toEqual({ a: "n 0 m 0" });
});

test("all rules apply to a value; rules for the whole value come before rules for parts", async () => {
  const rules = [{ valuePattern: "\\d{4}" }, { valuePattern: "\\S+@\\S+", replacement: "<mail>" }, { field: "ssn" }];
  expect(await masked(rules, { a: "card 1234 of ann@example.com", ssn: "1234-56" })).toEqual({
    a: "card *** of <mail>",
    ssn: "***",
  });
});

test("JSON with a byte order mark is masked too", async () => {
  const { body } = await filtered({ rules: [{ field: "a" }] }, Buffer.from('\ufeff{"a":1}'));
  expect(String(body)).toBe('{"a":"***"}');
});

test("a response nested too deeply to be masked is not sent", async () => {
  const text = `{"a":1234567890123456789,"b":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const { body, logged } = await filtered({ rules: [{ field: "a" }] }, Buffer.from(text));
  expect(String(body)).toBe('{"error":"Internal Server Error: the answer is nested too deeply to be masked"}');
  expect(logged).toMatchObject([{ msg: expect.stringContaining("nested too deeply") }]);
});

test("a regular expression with catastrophic backtracking takes linear time", async () => {
  const rules = [{ field: "/^(a+)+$/" }, { valuePattern: "/^(b+)+$/" }];
  const value = { [`${"a".repeat(50_000)}!`]: `${"b".repeat(50_000)}!` };
  expect(await masked(rules, value)).toEqual(value);
});

test("fields deeper than maxDepth are not masked", async () => {
  expect(await masked([{ field: "a" }], { b: { a: 1, b: { a: 1 } } }, { maxDepth: 2 })).toEqual({
    b: { a: "***", b: { a: 1 } },
  });
});

test("a response without matches keeps its bytes, and unmasked parts of others keep their text", async () => {
  const bytes = Buffer.from('{ "n": 12345678901234567890, "x": 1.0e2 }');
  expect((await filtered({ rules: [{ field: "ssn" }] }, bytes)).body).toBe(bytes);
  const { body } = await filtered({ rules: [{ field: "ssn" }] }, Buffer.from('{"n":12345678901234567890,"ssn":1}'));
  expect(String(body)).toBe('{"n":12345678901234567890,"ssn":"***"}');
});

test("fields named like members of every object are masked, without prototype pollution", async () => {
  const { body } = await filtered(
    { rules: [{ field: "a" }] },
    Buffer.from('{"__proto__":{"a":1},"constructor":{"a":2}}'),
  );
  expect(String(body)).toBe('{"__proto__":{"a":"***"},"constructor":{"a":"***"}}');
});

test.each([
  ["that is streamed", () => Readable.from(["{}"]), JSON_TYPE],
  ["of more than 2 MiB", () => Buffer.alloc(2_097_153, " "), JSON_TYPE],
  ["that is compressed already", () => Buffer.from("{}"), { ...JSON_TYPE, "content-encoding": "gzip" }],
])("a response %s passes, and is logged once", async (reason, bodyOf, headers) => {
  const given = bodyOf();
  const { body, logged, filter } = await filtered({ rules: [{ field: "a" }] }, given, headers);
  expect(body).toBe(given);
  await filter?.({ status: 200, headers, body: given }, exchangeOf(request("/")));
  expect(logged).toMatchObject([{ msg: `response-manipulation: an answer ${reason} passed unmasked` }]);
});

test("a response that is not JSON passes, and is logged if its type is JSON", async () => {
  for (const [text, headers, said] of [
    ["<a>", { "content-type": "text/html" }, 0],
    ["{broken", JSON_TYPE, 1],
    ["", JSON_TYPE, 0],
  ] as const) {
    const { body, logged } = await filtered({ rules: [{ field: "a" }] }, Buffer.from(text), headers);
    expect(String(body)).toBe(text);
    expect(logged).toHaveLength(said);
  }
});

test("a response to HEAD has no Content-Length, as masking can change it", async () => {
  const headers = { ...JSON_TYPE, "content-length": "12", etag: '"a"' };
  const { filter } = await filtered({ rules: [{ field: "a" }] }, undefined);
  const answer = await filter?.({ status: 200, headers }, exchangeOf({ ...request("/"), method: "HEAD" }));
  expect(answer?.headers).toEqual({ ...JSON_TYPE, etag: '"a"' });
});

test("unusable rules are logged: a RegExp that arrived as {}, an invalid regular expression", async () => {
  const rules = [
    { valuePattern: {} },
    { field: "a", valuePattern: {} },
    { valuePattern: "(" },
    7,
    { replacement: "x" },
    { field: "/(?=b)/" },
    { field: "/(/", valuePattern: "^3$" },
  ];
  const { body, logged } = await filtered({ rules }, Buffer.from('{"a":"1","b":"2","c":"3"}'));
  expect(String(body)).toBe('{"a":"***","b":"2","c":"***"}');
  const fields = [
    "rules[3]",
    "rules[0].valuePattern",
    "rules[1].valuePattern",
    "rules[2].valuePattern",
    "rules[5].field",
    "rules[6].field",
  ];
  expect(logged).toMatchObject([{ guard: "response-manipulation", fields }]);
});
