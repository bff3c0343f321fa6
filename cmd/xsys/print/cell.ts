import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import { printable } from "./printable.ts";
import { alternative, itemsOf } from "./shape.ts";
import { formatNumber } from "./units.ts";

/** A value on one line, safe for a terminal: lists separated by spaces, objects as JSON, an absent value as no text. */
export function cellText(schema: JsonSchema, value: unknown): string {
  if (value === undefined || value === null) return "";
  const shape = alternative(schema, value);
  if (typeof value === "number") return formatNumber(value, shape["x-unit"]);
  if (Array.isArray(value)) return value.map((item) => cellText(itemsOf(shape) ?? {}, item)).join(" ");
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}
