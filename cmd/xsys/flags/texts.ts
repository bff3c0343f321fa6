import type { Flag } from "./flag.ts";

export function text(summary: string, byDefault: string, shownDefault = byDefault): Flag<string> {
  return { summary, kind: "value", takes: "text", mustBe: "a text", byDefault, shownDefault, parse: (given) => given };
}

/** A text that may be absent. */
export function optionalText(summary: string, shownDefault = "none"): Flag<string | undefined> {
  return { ...text(summary, ""), byDefault: undefined, shownDefault };
}

/** A path, which whoever uses it takes from the current folder. */
export function optionalPath(summary: string, shownDefault = "none"): Flag<string | undefined> {
  return {
    ...optionalText(summary, shownDefault),
    takes: "path",
    parse: (given) => given || undefined,
    mustBe: "a path",
  };
}

/** Texts with commas between them. */
export function list(summary: string, byDefault: readonly string[] = []): Flag<readonly string[]> {
  return {
    summary,
    kind: "value",
    takes: "a,b,…",
    mustBe: "a list with commas",
    byDefault,
    shownDefault: byDefault.join(",") || "none",
    parse: (given) =>
      given
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean),
  };
}

/** One of a few words, given as `choices` has them or with other capitals. */
export function oneOf<T extends string>(summary: string, choices: readonly T[], byDefault: NoInfer<T>): Flag<T> {
  return {
    summary,
    kind: "value",
    takes: "word",
    mustBe: `one of ${choices.join(", ")}`,
    choices,
    byDefault,
    shownDefault: byDefault,
    parse: (given) => choices.find((choice) => choice === given.toLowerCase()),
  };
}

/** An object as JSON in base64; `true` is an empty one. */
export function base64Object(summary: string): Flag<Readonly<Record<string, unknown>> | undefined> {
  return {
    summary,
    kind: "value",
    takes: "base64 of JSON",
    mustBe: "an object as JSON in base64",
    byDefault: undefined,
    shownDefault: "off",
    parse: (given) => objectIn(Buffer.from(given, "base64").toString()),
  };
}

function objectIn(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (value === true) return {};
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
