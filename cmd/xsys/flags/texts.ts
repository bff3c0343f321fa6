import type { Flag } from "./flag.ts";

export function text(summary: string, byDefault: string, shownDefault = byDefault): Flag<string> {
  return { summary, kind: "value", takes: "text", mustBe: "text", byDefault, shownDefault, parse: (given) => given };
}

/** Text without a default. */
export function optionalText(summary: string, shownDefault = "none"): Flag<string | undefined> {
  return { ...text(summary, ""), byDefault: undefined, shownDefault };
}

/** A path; the code that uses it resolves it against the current directory. */
export function optionalPath(summary: string, shownDefault = "none"): Flag<string | undefined> {
  return {
    ...optionalText(summary, shownDefault),
    takes: "path",
    parse: (given) => given || undefined,
    mustBe: "a path",
  };
}

/** A comma-separated list. */
export function list(summary: string, byDefault: readonly string[] = []): Flag<readonly string[]> {
  return {
    summary,
    kind: "value",
    takes: "a,b,…",
    mustBe: "a comma-separated list",
    byDefault,
    shownDefault: byDefault.join(",") || "none",
    parse: (given) =>
      given
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean),
  };
}

/** A comma-separated list of at most `most` paths of URLs, possibly with queries. */
export function paths(summary: string, most: number): Flag<readonly string[]> {
  const { parse, ...flag } = list(summary);
  const isPath = (text: string) => text.startsWith("/") && URL.canParse(text, "http://localhost");
  return {
    ...flag,
    takes: "/a,/b,…",
    mustBe: `a comma-separated list of at most ${most} paths that begin with /`,
    parse: (given) => {
      const found = parse(given) ?? [];
      return found.length <= most && found.every(isPath) ? found : undefined;
    },
  };
}

/** One of a few words, in upper or lower case. */
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

/** A JSON object encoded as base64; `true` stands for an empty object. */
export function base64Object(summary: string): Flag<Readonly<Record<string, unknown>> | undefined> {
  return {
    summary,
    kind: "value",
    takes: "base64 JSON",
    mustBe: "a JSON object encoded as base64",
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
