import { RE2JS } from "re2js";

/**
 * A regular expression of somebody's configuration, as "/source/flags" or its source alone; undefined when RE2 cannot
 * read it. It runs on what clients send, so it has to be linear: RE2 is.
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

/** JavaScript's own spelling, which RE2 does not know: `\u00e9`, `\cA`, `[^]`. */
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
