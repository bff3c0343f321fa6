import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { Answer } from "../../../internal/gateway/answer.ts";
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
  const value = { ssn: "123-45-6789", list: [{ ssn: 5 }, { ssn: { a: 1 } }, { ssn: null }], other: "ssn" };
  expect(await masked([{ field: "ssn" }], value)).toEqual({
    ssn: "***",
    list: [{ ssn: "***" }, { ssn: "***" }, { ssn: null }],
    other: "ssn",
  });
});

test("a path of fields is masked at its end alone", async () => {
  const value = { user: { card: { number: "1" } }, number: "2", cards: [{ card: { number: "3" } }] };
  expect(await masked([{ field: "card.number", replacement: "x" }], value)).toEqual({
    user: { card: { number: "x" } },
    number: "2",
    cards: [{ card: { number: "x" } }],
  });
});

test("a pattern is masked within texts and numbers, with the last characters kept that are to stay", async () => {
  const rules = [{ valuePattern: "\\d{4}-?\\d{4}-?\\d{4}-?\\d{4}", replacement: "****", preserve: 4 }];
  expect(await masked(rules, { a: "card 4111-1111-1111-1234 ok", b: 4111111111111234, c: [true, "x"] })).toEqual({
    a: "card ****1234 ok",
    b: "****1234",
    c: [true, "x"],
  });
  expect(await masked([{ field: "a", valuePattern: "/SECRET/i" }], { a: "a secret", b: "a secret" })).toEqual({
    a: "a ***",
    b: "a secret",
  });
});

test("what is shorter than what is to stay is masked whole", async () => {
  expect(await masked([{ field: "pin", preserve: 4 }], { pin: "123" })).toEqual({ pin: "***" });
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

test("what is no JSON passes as it is", async () => {
  for (const [text, headers] of [
    ["<a>", { "content-type": "text/html" }],
    ["{broken", JSON_TYPE],
  ] as const) {
    const { body } = await filtered({ rules: [{ field: "a" }] }, Buffer.from(text), headers);
    expect(String(body)).toBe(text);
  }
});

test("rules that cannot be used are told: a RegExp that came as {}, an expression that is none", async () => {
  const rules = [
    { valuePattern: {} },
    { field: "a", valuePattern: {} },
    { valuePattern: "(" },
    7,
    { replacement: "x" },
  ];
  const { body, logged } = await filtered({ rules }, Buffer.from('{"a":"1","b":"2"}'));
  expect(String(body)).toBe('{"a":"***","b":"2"}');
  const fields = ["rules[3]", "rules[0].valuePattern", "rules[1].valuePattern", "rules[2].valuePattern"];
  expect(logged).toMatchObject([{ guard: "response-manipulation", fields }]);
});
