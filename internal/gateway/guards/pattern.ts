import { RE2JS } from "re2js";

/**
 * Compiles a configured regular expression, given as "/source/flags" or as its source. Returns undefined if RE2 does
 * not support it. RE2 is used because its time is linear, and the expression is matched against clients' input.
 */
export function compilePattern(text: string): RE2JS | undefined {
  const [, source = text, letters = ""] = WITH_FLAGS.exec(text) ?? [];
  let flags = 0;
  for (const letter of letters) flags |= FLAGS[letter] ?? 0;
  return compiled(source, flags) ?? compiledTranslation(source, flags);
}

/** Whether a text is written as "/source/flags". */
export function isPattern(text: string): boolean {
  return WITH_FLAGS.test(text);
}

/** Translates JavaScript syntax that RE2 does not support: `\u00e9`, `\cA`, `[^]`. */
function compiledTranslation(source: string, flags: number): RE2JS | undefined {
  return compiled(RE2JS.translateRegExp(source), flags);
}

function compiled(source: string, flags: number): RE2JS | undefined {
  try {
    return RE2JS.compile(source, flags);
  } catch {
    return undefined;
  }
}

const WITH_FLAGS = /^\/(.+)\/([dgimsuvy]{0,8})$/s;
const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};
