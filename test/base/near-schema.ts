import type { JsonSchema } from "../../protocol/contract/schema.ts";
import { fc } from "../support/property.ts";

/** Values that a schema accepts, values that it only just rejects, and unrelated values. */
export function nearSchema(schema: JsonSchema): fc.Arbitrary<unknown> {
  const fitting = schema.anyOf === undefined ? byType(schema) : eitherOf(schema.anyOf);
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: ANYTHING });
}

const ANYTHING = fc.constantFrom<unknown>(
  ...[null, undefined, true, 0, -1, 1.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY, "", "x", "\0", "💥"],
  ...[[], [1], [[]], {}, { a: 1 }, Object.create(null)],
);

function eitherOf(choices: readonly JsonSchema[]): fc.Arbitrary<unknown> {
  return fc.oneof(...choices.map((choice) => nearSchema(choice)));
}

function byType(schema: JsonSchema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case "string":
      return nearText(schema);
    case "integer":
    case "number":
      return nearNumber(schema);
    case "boolean":
      return fc.boolean();
    case "array":
      return nearArray(schema);
    case "object":
      return nearObject(schema);
    default:
      return ANYTHING;
  }
}

function nearText({ enum: choices = [], pattern, maxLength = 40, minLength = 0 }: JsonSchema): fc.Arbitrary<unknown> {
  const lengths = fc.constantFrom(0, minLength - 1, minLength, maxLength, maxLength + 1).map((n) => Math.max(0, n));
  const texts = [
    // A character beyond the basic plane counts as one, but has two code units.
    fc.tuple(fc.constantFrom("a", "é", "💥"), lengths).map(([character, length]) => character.repeat(length)),
    fc.string({ minLength: Math.min(minLength, 8) }),
  ];
  if (choices.length > 0) texts.push(fc.constantFrom(...(choices as string[])));
  if (pattern !== undefined) texts.push(fc.stringMatching(new RegExp(pattern, "u")));
  return fc.oneof(...texts);
}

function nearNumber({ minimum = -10, maximum = 10 }: JsonSchema): fc.Arbitrary<unknown> {
  const edges = [minimum - 1, minimum, minimum + 0.5, (minimum + maximum) / 2, maximum, maximum + 1];
  return fc.oneof(fc.constantFrom(...edges), fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) }));
}

function nearArray({ items = {}, minItems = 0, maxItems = 5 }: JsonSchema): fc.Arbitrary<unknown> {
  if ("length" in items) return fc.tuple(...items.map((item) => nearSchema(item)));
  const arrayOf = (minLength: number, maxLength: number) => fc.array(nearSchema(items), { minLength, maxLength });
  // Long arrays are rejected for their length, so their items do not matter.
  const over = maxItems > 100 ? fc.constant(new Array(maxItems + 1).fill("")) : arrayOf(maxItems + 1, maxItems + 1);
  return fc.oneof(
    { weight: 6, arbitrary: arrayOf(minItems, Math.min(maxItems, minItems + 3)) },
    { weight: 1, arbitrary: arrayOf(0, Math.max(0, minItems - 1)) },
    { weight: 1, arbitrary: over },
  );
}

function nearObject({ properties = {}, required = [], additionalProperties }: JsonSchema) {
  const named = Object.entries(properties).map(([name, schema]) => [name, nearSchema(schema)] as const);
  const fields = Object.fromEntries(named);
  const known = fc.record(fields, { requiredKeys: [...required] });
  const others = typeof additionalProperties === "object" ? nearSchema(additionalProperties) : ANYTHING;
  const strange = fc.dictionary(fc.constantFrom("other", "a/b~c", "constructor", "__proto__"), others, { maxKeys: 1 });
  return fc.oneof(
    { weight: 5, arbitrary: known },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.tuple(known, strange).map(([a, b]) => Object.assign(Object.create(null), a, b)) },
    { weight: 1, arbitrary: fc.tuple(known, strange).map(([a, b]) => ({ ...a, ...b })) },
  );
}
