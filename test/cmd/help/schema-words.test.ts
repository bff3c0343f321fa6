import { expect, test } from "vitest";
import { fieldsOf, limitWords, typeWords, unitWords } from "../../../cmd/xsys/help/schema-words.ts";
import * as schema from "../../../protocol/contract/schema.ts";

test.each([
  [schema.string(), "string"],
  [schema.path(), "path"],
  [schema.integer(), "integer"],
  [schema.nothing(), "nothing"],
  [schema.json(), "any JSON"],
  [schema.array(schema.path()), "array of paths"],
  [schema.array(schema.object({})), "array of objects"],
  [schema.array(schema.array(schema.number())), "array of array of numbers"],
  [schema.array(schema.tuple([schema.string(), schema.object({})])), "array of (string, object)"],
  [schema.record(schema.string()), "record of strings"],
  [schema.anyOf([schema.string(), schema.nothing()]), "string or nothing"],
])("the type of %j is %j", (described, words) => {
  expect(typeWords(described)).toBe(words);
});

test.each([
  [schema.integer({ minimum: 1, maximum: 100 }), "1 to 100"],
  [schema.integer({ minimum: 0 }), "at least 0"],
  [schema.integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), "at least 0"],
  [schema.integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }), ""],
  [schema.integer({ maximum: 9 }), "at most 9"],
  [schema.string({ minLength: 1 }), "not empty"],
  [schema.array(schema.string(), { minItems: 1 }), "not empty"],
  [schema.string({ pattern: "^a*$" }), "matching `^a*$`"],
  [schema.string(), ""],
])("the limits of %j are %j", (described, words) => {
  expect(limitWords(described)).toBe(words);
});

test.each([
  [schema.integer({ unit: "bytes" }), "bytes"],
  [schema.integer({ unit: "unix-seconds" }), "seconds since 1970"],
  [schema.integer(), ""],
] as const)("the unit of %j is %j", (described, words) => {
  expect(unitWords(described)).toBe(words);
});

test("fields of objects, lists, tuples and records are named by their path", () => {
  const one = schema.object({ a: schema.optional(schema.integer()) });
  const all = schema.object({
    plain: schema.string(),
    nested: one,
    list: schema.array(one),
    pairs: schema.array(schema.tuple([schema.string(), one])),
    record: schema.record(one),
  });
  expect(fieldsOf(all).map(({ name, optional }) => (optional ? `${name}?` : name))).toEqual([
    "plain",
    "nested",
    "nested.a?",
    "list",
    "list[].a?",
    "pairs",
    "pairs[][1].a?",
    "record",
    "record.*.a?",
  ]);
  expect(fieldsOf(schema.record(one)).map(({ name }) => name)).toEqual(["*.a"]);
});
