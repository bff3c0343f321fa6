import type { JsonSchema } from "../../../protocol/contract/schema.ts";

/** The alternative of a schema that matches a value, by its type, its required properties and its first item. */
export function alternative(schema: JsonSchema, value: unknown): JsonSchema {
  return schema.anyOf?.find((choice) => fits(choice, value)) ?? schema;
}

/** The schema of a list's items; undefined for tuples and other schemas. */
export function itemsOf({ items }: JsonSchema): JsonSchema | undefined {
  return items === undefined || Array.isArray(items) ? undefined : (items as JsonSchema);
}

/** The schemas of a tuple's elements; undefined for other schemas. */
export function placesOf({ items }: JsonSchema): readonly JsonSchema[] | undefined {
  return Array.isArray(items) ? items : undefined;
}

/** The schema of a record's values; undefined for an object with named properties. */
export function valuesOf({ additionalProperties }: JsonSchema): JsonSchema | undefined {
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isNumeric({ type }: JsonSchema): boolean {
  return type === "number" || type === "integer";
}

function fits(schema: JsonSchema, value: unknown): boolean {
  if (schema.anyOf) return schema.anyOf.some((choice) => fits(choice, value));
  if (schema.type === undefined) return true;
  if (schema.type === "array") return Array.isArray(value) && fitsItems(schema, value);
  if (schema.type === "object") return isObject(value) && (schema.required ?? []).every((name) => name in value);
  if (schema.type === "null") return value === null;
  if (schema.type === "integer") return Number.isInteger(value);
  return typeof value === schema.type;
}

function fitsItems(schema: JsonSchema, values: readonly unknown[]): boolean {
  const places = placesOf(schema);
  if (places) return places.length === values.length && places.every((place, i) => fits(place, values[i]));
  const items = itemsOf(schema);
  return values.length === 0 || items === undefined || fits(items, values[0]);
}
