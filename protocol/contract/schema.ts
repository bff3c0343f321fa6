/**
 * JSON Schema builders that carry their static type.
 *
 * Each builder returns a plain JSON Schema (draft-07) object, so that a contract can be printed, validated by ajv and
 * read by clients in other languages; TypeScript infers from the phantom type. TypeBox does the same, but takes 49 ms
 * to import on Node 26, three times the whole start of a one-shot command.
 */

declare const STATIC: unique symbol;

/** Unit of a number, by which the CLI and the pages format it. In the schema it is `x-unit`. */
export type Unit =
  | "bytes"
  | "bytes/s"
  | "unix-seconds"
  | "unix-milliseconds"
  | "seconds"
  | "milliseconds"
  | "percent"
  | "MHz"
  | "mode";

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly "x-unit"?: Unit;
  /** Set on a path: the router resolves it against the root, and checks it with `--confine`. */
  readonly "x-path"?: PathKind;
}

/** `target`: a final symbolic link is followed. `entry`: the command acts on the link itself. */
export type PathKind = "target" | "entry";

export type Schema<T = unknown> = JsonSchema & { readonly [STATIC]?: T };

/** A property that may be omitted. */
export interface Optional<S extends Schema = Schema> {
  readonly optional: S;
}

/** A property that the caller may omit and the handler always receives. */
export interface Defaulted<S extends Schema = Schema> {
  readonly defaulted: S;
}

export type Field = Schema | Optional | Defaulted;
export type Fields = Readonly<Record<string, Field>>;

export type Static<S> = S extends Schema<infer T> ? T : never;
type Flat<T> = { [K in keyof T]: T[K] } & {};

/** What a caller passes. */
export type Given<F extends Fields> = Flat<
  { [K in keyof F as F[K] extends Optional | Defaulted ? never : K]: Static<F[K]> } & {
    [K in keyof F as F[K] extends Optional | Defaulted ? K : never]?: F[K] extends Optional<infer S>
      ? Static<S> | undefined
      : F[K] extends Defaulted<infer S>
        ? Static<S> | undefined
        : never;
  }
>;

/** What a handler receives, or what a result contains, with defaults filled in. */
export type Taken<F extends Fields> = Flat<
  {
    [K in keyof F as F[K] extends Optional ? never : K]: F[K] extends Defaulted<infer S> ? Static<S> : Static<F[K]>;
  } & {
    [K in keyof F as F[K] extends Optional ? K : never]?: F[K] extends Optional<infer S>
      ? Static<S> | undefined
      : never;
  }
>;

interface Described {
  readonly description?: string;
}
interface Ranged extends Described {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: Unit;
}

function withUnit({ unit, ...rest }: Ranged): JsonSchema {
  return unit === undefined ? rest : { ...rest, "x-unit": unit };
}

export function string(
  options: Described & { readonly minLength?: number; readonly maxLength?: number; readonly pattern?: string } = {},
): Schema<string> {
  return { type: "string", ...options };
}

/** A file system path of at most 32,767 characters (the maximum of any platform). The router refuses NUL. */
export function path(options: Described & { readonly kind?: PathKind } = {}): Schema<string> {
  const { kind = "target", ...rest } = options;
  return { type: "string", maxLength: 32_767, "x-path": kind, ...rest };
}

export function number(options: Ranged = {}): Schema<number> {
  return { type: "number", ...withUnit(options) };
}

export function integer(options: Ranged = {}): Schema<number> {
  return { type: "integer", ...withUnit(options) };
}

export function boolean(options: Described = {}): Schema<boolean> {
  return { type: "boolean", ...options };
}

/** No value: the result of a command that only performs an action. */
export function nothing(): Schema<null> {
  return { type: "null" };
}

/** Any JSON value. */
export function json(options: Described = {}): Schema<unknown> {
  return { ...options };
}

export function oneOf<const T extends readonly string[]>(values: T, options: Described = {}): Schema<T[number]> {
  return { type: "string", enum: values, ...options };
}

export function array<S extends Schema>(
  items: S,
  options: Described & { readonly minItems?: number; readonly maxItems?: number } = {},
): Schema<Static<S>[]> {
  return { type: "array", items, ...options };
}

export function tuple<const S extends readonly Schema[]>(
  items: S,
  options: Described = {},
): Schema<{ -readonly [K in keyof S]: Static<S[K]> }> {
  return { type: "array", items, minItems: items.length, maxItems: items.length, ...options };
}

export function record<S extends Schema>(values: S, options: Described = {}): Schema<Record<string, Static<S>>> {
  return { type: "object", additionalProperties: values, ...options };
}

export function anyOf<const S extends readonly Schema[]>(
  choices: S,
  options: Described = {},
): Schema<Static<S[number]>> {
  return { anyOf: choices, ...options };
}

export function object<F extends Fields>(fields: F, options: Described = {}): Schema<Taken<F>> {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    properties[name] = schemaOf(field);
    if (!("optional" in field || "defaulted" in field)) required.push(name);
  }
  return { type: "object", properties, required, additionalProperties: false, ...options };
}

/** The same object schema, but with additional properties allowed, for callers that send more than is needed. */
export function tolerant<S extends JsonSchema>(schema: S): S {
  return { ...schema, additionalProperties: true };
}

export function optional<S extends Schema>(schema: S): Optional<S> {
  return { optional: schema };
}

export function defaulted<S extends Schema>(schema: S, value: Static<S>): Defaulted<S> {
  return { defaulted: { ...schema, default: value } };
}

function schemaOf(field: Field): JsonSchema {
  if ("optional" in field) return field.optional;
  return "defaulted" in field ? field.defaulted : field;
}
