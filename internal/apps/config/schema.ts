/** The parts of JSON Schema, draft 7, that the schemas of configurations use. */
export interface ConfigSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly (string | number | boolean)[];
  /** `size`, `duration`, `percent`, `count` or `port`: applies to texts. */
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly items?: ConfigSchema;
  readonly properties?: Readonly<Record<string, ConfigSchema>>;
  readonly patternProperties?: Readonly<Record<string, ConfigSchema>>;
  readonly additionalProperties?: ConfigSchema;
  /** The field is accepted, and a warning says why it has no effect. */
  readonly "x-no-effect"?: string;
}

export const text: ConfigSchema = { type: "string", minLength: 1 };
export const flag: ConfigSchema = { type: "boolean" };
export const words: ConfigSchema = { type: ["string", "array"], items: { type: "string" } };
export const texts: ConfigSchema = { type: "array", items: { type: "string" } };
/** A cron expression; empty, 0 or false for none. */
export const cron: ConfigSchema = { type: ["string", "integer", "boolean"] };
/** What is watched: whether to, or paths. */
export const watch: ConfigSchema = { type: ["boolean", "string", "array"], minLength: 1, items: text };
export const size: ConfigSchema = { type: ["integer", "string"], minimum: 1, format: "size" };
export const duration: ConfigSchema = { type: ["number", "string"], minimum: 0, format: "duration" };
export const percent: ConfigSchema = { type: ["number", "string"], minimum: 1, format: "percent" };
export const count: ConfigSchema = { type: ["integer", "string"], format: "count" };
export const port: ConfigSchema = { type: ["integer", "string"], minimum: 1, maximum: 65_535, format: "port" };
export const owner: ConfigSchema = { type: ["integer", "string"], minimum: 0 };
export const exitCodes: ConfigSchema = {
  type: ["integer", "array"],
  minimum: 0,
  maximum: 255,
  items: { type: "integer", minimum: 0, maximum: 255 },
};
export const variables: ConfigSchema = {
  type: "object",
  additionalProperties: { type: ["string", "number", "boolean"] },
};

export function group(properties: Readonly<Record<string, ConfigSchema>>): ConfigSchema {
  return { type: "object", properties };
}

/** A field that is accepted but has no effect. Its values may have any shape. */
export function noEffect(reason: string): ConfigSchema {
  return { "x-no-effect": reason };
}

/** What no version of xsys does yet. */
export const NOT_SUPPORTED = "is not supported by this version";
