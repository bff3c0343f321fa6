import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import { itemsOf, placesOf, valuesOf } from "../print/shape.ts";

/** A schema's type in words: `path`, `integer`, `array of strings`, `(string, object)`, `boolean or nothing`. */
export function typeWords(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(typeWords).join(" or ");
  if (schema["x-path"]) return "path";
  const places = placesOf(schema);
  if (places) return `(${places.map(typeWords).join(", ")})`;
  if (schema.type === "array") return `array of ${pluralWords(itemsOf(schema) ?? {})}`;
  const values = valuesOf(schema);
  if (values) return `record of ${pluralWords(values)}`;
  return typeof schema.type === "string" ? (NAMES[schema.type] ?? schema.type) : "any JSON";
}

/** Limits of a value beyond its type: `1 to 100`, `at least 1`, `not empty`, `matching \`^[a-z]*$\``; or empty. */
export function limitWords({ minimum, maximum, minLength, minItems, pattern }: JsonSchema): string {
  if (pattern !== undefined) return `matching \`${pattern}\``;
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  if (most !== undefined) return `at most ${most}`;
  return minLength === 1 || minItems === 1 ? "not empty" : "";
}

/** A unit in words: `unix-seconds` is spelled out, other units are their own names. */
export function unitWords({ "x-unit": unit }: JsonSchema): string {
  if (unit === undefined) return "";
  return unit.startsWith("unix-") ? `${unit.slice("unix-".length)} since 1970` : unit;
}

export interface FieldWords {
  /** `size`, `load_average.one`, `interfaces[].name`, `commands.*.calls`. */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly optional: boolean;
}

/** All named fields of a value; those of nested objects, lists and records follow their parent. */
export function fieldsOf(schema: JsonSchema, prefix = ""): FieldWords[] {
  const { properties, required = [] } = schema;
  const dot = prefix === "" ? "" : ".";
  if (properties) {
    return Object.entries(properties).flatMap(([key, field]) => {
      const name = `${prefix}${dot}${key}`;
      return [{ name, schema: field, optional: !required.includes(key) }, ...fieldsOf(field, name)];
    });
  }
  const places = placesOf(schema) ?? [];
  const items = itemsOf(schema);
  const values = valuesOf(schema);
  return [
    ...places.flatMap((place, i) => fieldsOf(place, `${prefix}[${i}]`)),
    ...(items ? fieldsOf(items, `${prefix}[]`) : []),
    ...(values ? fieldsOf(values, `${prefix}${dot}*`) : []),
  ];
}

const NAMES: Readonly<Record<string, string>> = { null: "nothing" };

function pluralWords(schema: JsonSchema): string {
  const words = typeWords(schema);
  return /^\w+$/.test(words) ? `${words}s` : words;
}
