import { XsysError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import type { Contract } from "./command.ts";
import type { JsonSchema } from "./schema.ts";
import { flagValue, type OptionKinds, type Words } from "./words.ts";

/** `topCpu` is `--top-cpu`: each capital becomes a dash and its small letter, as XyPriss's client writes it. */
export function optionName(param: string): string {
  return param.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The options that a command takes: one for each parameter. */
export function optionKinds({ params }: Contract): OptionKinds {
  const properties = Object.entries(params.properties ?? {});
  return new Map(properties.map(([name, { type }]) => [optionName(name), type === "boolean" ? "flag" : "value"]));
}

/**
 * How many words after the action are texts that no call goes without. XyPriss's client writes them first, so they are
 * what they are: `fs patch f --json --quiet` replaces the one text by the other.
 */
export function requiredTexts({ params, positionals = [] }: Contract): number {
  const isOne = (name: string) => params.required?.includes(name) && params.properties?.[name]?.type === "string";
  const end = positionals.findIndex((name) => !isOne(name));
  return end === -1 ? positionals.length : end;
}

/** A command's parameters out of its words: options by name, the others by place. */
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

/** Whether the contents came as a parameter, so that the call has no input. */
export function hasInputParam({ input }: Contract, params: Record<string, unknown>): boolean {
  return input?.param !== undefined && params[input.param] !== undefined;
}

/** The same for a caller whose connection does not last: what the command opens must be nobody's. */
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

/** Why a word, or an option, cannot be taken. */
export function unexpected(contract: Contract, word: string): XsysError {
  const options = [...optionKinds(contract).keys()].map((name) => `--${name}`);
  const near = word.startsWith("--") ? suggest(word, options) : undefined;
  const what = word.startsWith("--") ? `there is no option ${word}` : `there is nothing for "${word}" to be`;
  return new XsysError(
    "INVALID_PARAMS",
    `${contract.name}: ${what}${near === undefined ? "" : `, did you mean ${near}?`}`,
  );
}

/**
 * Whether an option was sent for a value that was not there. XyPriss's client writes `null`, and the empty string, for
 * options that its caller set to nothing; where any text can be a value, it is one. A secret cannot be empty, so it is not
 * `null` either: a file would be encrypted with that word.
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
  if (schema.type !== "array") return typedValue(name, text === true ? "" : text, schema);
  const items = schema.items as JsonSchema;
  return String(text)
    .split(",")
    .map((part) => typedValue(name, part, items));
}

/** Text as the value that a schema wants. What is no number stays text, for the validation to refuse by name. */
function typedValue(name: string, text: string, { type, anyOf, maximum }: JsonSchema): unknown {
  const asNumber = anyOf?.find((choice) => choice.type === "integer" || choice.type === "number");
  if (asNumber !== undefined) return typedValue(name, text, asNumber);
  if (type === "object") return jsonOrText(text);
  if (type === "boolean") return flagValue(optionName(name), text);
  if (type === "integer" || type === "number") {
    if (text === "Infinity") return maximum ?? text; // `end: Infinity` of a stream, as Node's own have it by default
    return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  }
  return text;
}

/** What is no JSON stays text, for the validation to refuse by name. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
