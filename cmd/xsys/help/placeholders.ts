import { isFlag } from "../../../protocol/contract/params.ts";
import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import { isNumeric } from "../print/shape.ts";

/** An option with the placeholder of its value, if it takes one: `ignore A,B`. */
export function withPlaceholder(option: string, placeholder: string): string {
  if (placeholder.startsWith("[")) return `${option}${placeholder}`;
  return placeholder === "" ? option : `${option} ${placeholder}`;
}

/** The placeholder of a parameter's value; empty for a flag. */
export function placeholderOf(schema: JsonSchema): string {
  if (schema.type === "boolean") return "";
  if (isFlag(schema)) return "[=A,B]";
  if (schema.type === "array") return "A,B";
  if (schema.type === "object") return "JSON";
  if (schema["x-path"]) return "PATH";
  if (schema.enum || schema.anyOf) return "VALUE";
  if (isNumeric(schema)) return UNITS[schema["x-unit"] ?? ""] ?? "N";
  return "TEXT";
}

const UNITS: Readonly<Record<string, string>> = { bytes: "BYTES", seconds: "SECONDS", milliseconds: "MS" };

/** The placeholder of a flag's value, by its kind (`Flag.takes`); empty for a flag without one. */
export function flagPlaceholder(takes: string): string {
  return takes === "" ? "" : (TAKES[takes] ?? "VALUE");
}

const TAKES: Readonly<Record<string, string>> = {
  number: "N",
  bytes: "SIZE",
  megabytes: "SIZE",
  milliseconds: "MS",
  seconds: "SECONDS",
  path: "PATH",
  text: "TEXT",
  "a,b,…": "A,B",
  "base64 JSON": "BASE64",
};
