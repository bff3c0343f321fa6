import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { parseDuration, parseSize } from "../../../protocol/contract/quantities.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { clipped } from "../../../protocol/suggest.ts";
import { placeOf } from "./place-of.ts";
import type { ConfigSchema } from "./schema.ts";

const ajv = new Ajv({
  allowUnionTypes: true,
  strictTypes: false,
  keywords: ["x-no-effect"],
  formats: {
    size: (text: string) => parseSize(text) !== undefined,
    duration: (text: string) => parseDuration(text) !== undefined,
    percent: /^\d{1,6}(\.\d{1,3})?\s*%?$/,
    count: /^(max|-?\d{1,6})$/,
    port: /^\d{1,5}$/,
  },
});

/** What the formats are called in messages. */
const FORMATS: Readonly<Record<string, string>> = {
  size: "a size such as 100M or 1G",
  duration: "a duration such as 500ms, 30s or 5m",
  percent: "a percentage such as 80 or 80%",
  count: 'a number or "max"',
  port: "a port from 1 to 65535",
};

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
};

const compiled = new WeakMap<ConfigSchema, ValidateFunction>();

/** @throws INVALID_DATA with the place of the first invalid value */
export function checkApp(app: unknown, schema: ConfigSchema, file: string, path: readonly (string | number)[]): void {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = ajv.compile(schema);
    compiled.set(schema, check);
  }
  if (check(app)) return;
  const [error] = check.errors ?? [];
  if (error !== undefined) throw new XsysError("INVALID_DATA", `${file}: ${describe(error, app, path)}`);
}

function describe(error: ErrorObject, app: unknown, path: readonly (string | number)[]): string {
  const names = error.instancePath.split("/").slice(1).map(unescaped);
  let value = app;
  const inner = names.map((name): string | number => {
    const index = Array.isArray(value) ? Number(name) : name;
    value = (value as Record<string | number, unknown>)[index];
    return index;
  });
  return `${placeOf([...path, ...inner])} must be ${expected(error)}, not ${shown(value)}`;
}

function unescaped(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}

function expected({ keyword, params, message = "valid" }: ErrorObject): string {
  switch (keyword) {
    case "type":
      return [params.type]
        .flat()
        .map((type) => TYPES[type] ?? type)
        .join(" or ");
    case "enum":
      return `one of ${params.allowedValues.join(", ")}`;
    case "format":
      return FORMATS[params.format] ?? params.format;
    case "minimum":
      return `at least ${params.limit}`;
    case "maximum":
      return `at most ${params.limit}`;
    case "minLength":
      return "a text that is not empty";
    default:
      return message.replace(/^must be /, "");
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return clipped(JSON.stringify(value));
}
