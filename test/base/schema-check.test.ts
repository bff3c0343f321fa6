import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { checkOf } from "../../internal/base/schema-check.ts";
import { contracts } from "../../protocol/commands/index.ts";
import type { JsonSchema } from "../../protocol/contract/schema.ts";
import { fc } from "../support/property.ts";
import { nearSchema } from "./near-schema.ts";

const ajv = new Ajv({
  useDefaults: true,
  validateSchema: false,
  keywords: ["x-unit", "x-path"],
  strictTuples: false,
});

const schemas = contracts.flatMap(({ name, params, result, events }): [string, JsonSchema][] => [
  [`parameters of ${name}`, params],
  [`result of ${name}`, result],
  ...(events === undefined ? [] : ([[`events of ${name}`, events]] as [string, JsonSchema][])),
]);

/** Keywords that have rejected a value. */
const seen = new Set<string>();

describe("a check has the same result and fills in the same defaults as ajv", () => {
  test.each(schemas)("for the %s", (_name, schema) => {
    const check = checkOf(schema);
    const reference = ajv.compile(schema);
    const property = fc.property(nearSchema(schema), (value) => {
      const [ours, theirs] = [structuredClone(value), structuredClone(value)];
      const found = check(ours);
      const error = reference(theirs) ? undefined : reference.errors?.[0];
      expect(found?.keyword).toBe(error?.keyword);
      if (found !== undefined) seen.add(found.keyword);
      expect(found?.path).toBe(error?.instancePath);
      expect(found?.message).toBe(error?.message);
      expect(found?.property).toBe(error?.params.missingProperty ?? error?.params.additionalProperty);
      expect(found?.choices).toEqual(error?.params.allowedValues);
      expect(ours).toEqual(theirs);
    });
    fc.assert(property, { numRuns: 100, seed: 1 });
  });
});

test("the tests above covered every keyword", () => {
  expect([...seen].sort()).toEqual([
    ...["additionalProperties", "enum", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum"],
    ...["pattern", "required", "type"],
  ]);
});

test("each call gets its own copy of a default", () => {
  const check = checkOf({ type: "object", properties: { list: { type: "array", default: [] } } });
  const [one, other] = [{ list: undefined }, {}] as { list?: unknown[] | undefined }[];
  check(one);
  one?.list?.push("mine");
  check(other);
  expect(other).toEqual({ list: [] });
});

test.each([
  [{ type: ["string", "null"] }, "use anyOf for several types: string,null"],
  [{ type: "date" }, 'unknown type "date"'],
])("an unsupported schema is rejected: %j", (schema, message) => {
  expect(() => checkOf(schema)).toThrow(message);
});
