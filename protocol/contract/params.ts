import { XsysError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import type { Contract } from "./command.ts";
import type { JsonSchema } from "./schema.ts";
import { flagValue, type OptionKinds, type Words } from "./words.ts";

/**
 * `topCpu` becomes `--top-cpu`: each capital letter becomes a dash and the lower-case letter, as in XyPriss's client.
 */
export function optionName(param: string): string {
  return param.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The options of a command: one for each parameter. */
export function optionKinds({ params }: Contract): OptionKinds {
  const properties = Object.entries(params.properties ?? {});
  return new Map(properties.map(([name, schema]) => [optionName(name), isFlag(schema) ? "flag" : "value"]));
}

/** Whether the option may stand alone. With a choice of true and something else, a value follows `=`. */
export function isFlag({ type, anyOf = [] }: JsonSchema): boolean {
  return type === "boolean" || anyOf.some((choice) => choice.type === "boolean");
}

/**
 * How many words after the action are required strings. XyPriss's client writes them first, so they are data even if
 * they look like options: `fs patch f --json --quiet` replaces the text `--json` with `--quiet`.
 */
export function requiredTexts({ params, positionals = [] }: Contract): number {
  const isOne = (name: string) => params.required?.includes(name) && params.properties?.[name]?.type === "string";
  const end = positionals.findIndex((name) => !isOne(name));
  return end === -1 ? positionals.length : end;
}

/** The parameters of a command from its words: options by name, others by position. */
export function paramsFromWords(contract: Contract, { positionals, options }: Words): Record<string, unknown> {
  const properties = contract.params.properties ?? {};
  const params: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const text = options.get(optionName(name));
    if (text !== undefined && !isAbsent(text, schema)) params[name] = optionValue(name, text, schema);
  }
  takePositionals(contract, [...positionals], params);
  return params;
}

/** Whether the contents were passed as a parameter, so that the call has no input. */
export function hasInputParam({ input }: Contract, params: Record<string, unknown>): boolean {
  return input?.param !== undefined && params[input.param] !== undefined;
}

/** The parameters for a caller with a short-lived connection: what the command opens must be shared. */
export function lasting(contract: Contract, params: Record<string, unknown>): Record<string, unknown> {
  const canBeShared = contract.heldByService === true && contract.params.properties?.shared !== undefined;
  return canBeShared ? { ...params, shared: true } : params;
}

function takePositionals(contract: Contract, words: string[], params: Record<string, unknown>): void {
  const properties = contract.params.properties ?? {};
  for (const place of contract.positionals ?? []) {
    const rest = place.endsWith("...");
    const name = rest ? place.slice(0, -3) : place;
    if (name in params) continue;
    const schema = properties[name] ?? {};
    if (rest) {
      const items = schema.items as JsonSchema;
      if (words.length > 0) params[name] = words.splice(0).map((word) => typedValue(name, word, items));
    } else {
      const word = words.shift();
      if (word !== undefined) params[name] = typedValue(name, word, schema);
    }
  }
  const [extra] = words;
  if (extra !== undefined) throw unexpected(contract, extra);
}

/** The error for a word or option that the command does not accept. */
export function unexpected(contract: Contract, word: string): XsysError {
  const options = [...optionKinds(contract).keys()].map((name) => `--${name}`);
  const near = word.startsWith("--") ? suggest(word, options) : undefined;
  const what = word.startsWith("--") ? `unknown option ${word}` : `unexpected argument "${word}"`;
  return new XsysError(
    "INVALID_PARAMS",
    `${contract.name}: ${what}${near === undefined ? "" : `, did you mean ${near}?`}`,
  );
}

/**
 * Whether the option stands for an absent value. XyPriss's client writes `null` or the empty string for options that
 * its caller set to nothing. Where any text is a valid value, these are taken as values. A secret has a minimum length,
 * so `null` counts as absent there; otherwise a file would be encrypted with that word.
 */
function isAbsent(
  text: string | true,
  { type, enum: choices, pattern, minLength, "x-path": path }: JsonSchema,
): boolean {
  const isFreeText = type === "string" && [choices, pattern, minLength].every((limit) => limit === undefined);
  if (text === "") return !isFreeText;
  if (text !== "null" && text !== "undefined") return false;
  return !isFreeText || path !== undefined;
}

function optionValue(name: string, text: string | true, schema: JsonSchema): unknown {
  if (schema.type === "boolean") return flagValue(optionName(name), text);
  if (isFlag(schema)) return flagOrValue(name, text, schema);
  if (schema.type !== "array") return typedValue(name, text === true ? "" : text, schema);
  const items = schema.items as JsonSchema;
  return String(text)
    .split(",")
    .map((part) => typedValue(name, part, items));
}

function flagOrValue(name: string, text: string | true, { anyOf = [] }: JsonSchema): unknown {
  if (text === true || text === "true") return true;
  if (text === "false") return false;
  return optionValue(name, text, anyOf.find(({ type }) => type !== "boolean") ?? {});
}

/**
 * Text as a value of the schema's type. Text that is not a number stays text, so that validation reports it by name.
 */
function typedValue(name: string, text: string, { type, anyOf, maximum }: JsonSchema): unknown {
  const asNumber = anyOf?.find((choice) => choice.type === "integer" || choice.type === "number");
  if (asNumber !== undefined) return typedValue(name, text, asNumber);
  if (type === "object") return jsonOrText(text);
  if (type === "boolean") return flagValue(optionName(name), text);
  if (type === "integer" || type === "number") {
    if (text === "Infinity") return maximum ?? text; // `end: Infinity` is the default of Node's streams
    return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  }
  return text;
}

/** Text that is not JSON stays text, so that validation reports it by name. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
