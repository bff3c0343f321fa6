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

test("a field is masked wherever it is, whatever it holds", async () => {
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

test("a field may be the text of a regular expression, which is looked for in names at every level", async () => {
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

test("an expression of a field with a pattern masks that part of those fields", async () => {
  const rules = [{ field: "/note|text/i", valuePattern: "/\\d+/" }];
  const value = { noteA: "id 12", Text: ["a 1", { b: "2" }], other: "3" };
  expect(await masked(rules, value)).toEqual({ noteA: "id ***", Text: ["a ***", { b: "2" }], other: "3" });
});

test("a name is looked at once, however many items its lists have: an expression takes time for each of its characters", () => {
  let looks = 0;
  const isField = () => {
    looks++;
    return false;
  };
  const json = JSON.stringify({ [`token${"x".repeat(1_000)}`]: Array.from({ length: 1_000 }, () => [1, "2"]) });
  for (const pattern of [undefined, RE2JS.compile("no")]) {
    looks = 0;
    expect(maskedText(json, [{ isField, pattern, replacement: "x", preserve: 0 }], 10)).toBe(json);
    expect(looks).toBeLessThanOrEqual(2); // the root has no name, and may be asked about as well
  }
});

test("a path of fields is masked at its end alone", async () => {
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

test("a pattern is masked within texts and numbers, with the first characters kept that are to stay", async () => {
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

test("the beginning of a field is kept, and no half of a character", async () => {
  const value = { token: "eyJhbGciOiJIUzI1NiJ9", short: "abc", number: 123456, emoji: "abc😀def" };
  const rules = ["token", "short", "number", "emoji"].map((field) => ({ field, preserve: 4 }));
  expect(await masked(rules, value)).toEqual({ token: "eyJh***", short: "***", number: "1234***", emoji: "abc***" });
});

test.each([[0], [false], [null], [""], [{ hidden: true }], [["x"]]])(
  "a replacement may be of any type: %j",
  async (replacement) => {
    const rules = [{ field: "pin", replacement, preserve: 2 }];
    expect(await masked(rules, { pin: "12345", in: { pin: 1 } })).toEqual({
      pin: replacement === "" ? "12" : replacement,
      in: { pin: replacement },
    });
    expect(await masked([{ valuePattern: "^\\d+$", replacement }], { a: "123" })).toEqual({ a: replacement });
  },
);

test("a replacement that is no text stands as text within another one", async () => {
  expect(await masked([{ valuePattern: "\\d+", replacement: 0 }], { a: "n 12 m 3" })).toEqual({ a: "n 0 m 0" });
});

test("every rule is applied to a value, and one for all of it before those for parts", async () => {
  const rules = [{ valuePattern: "\\d{4}" }, { valuePattern: "\\S+@\\S+", replacement: "<mail>" }, { field: "ssn" }];
  expect(await masked(rules, { a: "card 1234 of ann@example.com", ssn: "1234-56" })).toEqual({
    a: "card *** of <mail>",
    ssn: "***",
  });
});

test("a text with a byte order mark is masked as well", async () => {
  const { body } = await filtered({ rules: [{ field: "a" }] }, Buffer.from('\ufeff{"a":1}'));
  expect(String(body)).toBe('{"a":"***"}');
});

test("an answer that is nested too deeply to be looked through does not pass", async () => {
  const text = `{"a":1234567890123456789,"b":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const { body, logged } = await filtered({ rules: [{ field: "a" }] }, Buffer.from(text));
  expect(String(body)).toBe('{"error":"Internal Server Error: the answer is nested too deeply to be masked"}');
  expect(logged).toMatchObject([{ msg: expect.stringContaining("nested too deeply") }]);
});

test("an expression that would take JavaScript's engine for ever takes no time", async () => {
  const rules = [{ field: "/^(a+)+$/" }, { valuePattern: "/^(b+)+$/" }];
  const value = { [`${"a".repeat(50_000)}!`]: `${"b".repeat(50_000)}!` };
  expect(await masked(rules, value)).toEqual(value);
});

test("what lies deeper than maxDepth stays", async () => {
  expect(await masked([{ field: "a" }], { b: { a: 1, b: { a: 1 } } }, { maxDepth: 2 })).toEqual({
    b: { a: "***", b: { a: 1 } },
  });
});

test("an answer in which nothing is masked is the same bytes, and what is not masked of another is the same text", async () => {
  const bytes = Buffer.from('{ "n": 12345678901234567890, "x": 1.0e2 }');
  expect((await filtered({ rules: [{ field: "ssn" }] }, bytes)).body).toBe(bytes);
  const { body } = await filtered({ rules: [{ field: "ssn" }] }, Buffer.from('{"n":12345678901234567890,"ssn":1}'));
  expect(String(body)).toBe('{"n":12345678901234567890,"ssn":"***"}');
});

test("names that are members of every object are masked like others, and pollute nothing", async () => {
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
])("an answer %s passes, and the log has it once", async (reason, bodyOf, headers) => {
  const given = bodyOf();
  const { body, logged, filter } = await filtered({ rules: [{ field: "a" }] }, given, headers);
  expect(body).toBe(given);
  await filter?.({ status: 200, headers, body: given }, exchangeOf(request("/")));
  expect(logged).toMatchObject([{ msg: `response-manipulation: an answer ${reason} passed unmasked` }]);
});

test("what is no JSON passes as it is, and what says that it is JSON is told", async () => {
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

test("the length of an unmasked answer to HEAD is not told", async () => {
  const headers = { ...JSON_TYPE, "content-length": "12", etag: '"a"' };
  const { filter } = await filtered({ rules: [{ field: "a" }] }, undefined);
  const answer = await filter?.({ status: 200, headers }, exchangeOf({ ...request("/"), method: "HEAD" }));
  expect(answer?.headers).toEqual({ ...JSON_TYPE, etag: '"a"' });
});

test("rules that cannot be used are told: a RegExp that came as {}, an expression that is none", async () => {
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
