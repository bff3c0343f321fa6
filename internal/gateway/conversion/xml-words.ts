/**
 * Replaces each character that is not allowed in XML names by `_`, and prefixes `_` if the first one is not allowed
 * there.
 */
export function asXmlName(name: string): string {
  const allowed = name.replace(NO_NAME_CHARACTER, "_");
  const qualified = /^[^:]+:[^:]+$/.test(allowed) ? allowed : allowed.replaceAll(":", "_");
  return NAME_START.test(qualified) ? qualified : `_${qualified}`;
}

// From https://www.w3.org/TR/xml/#NT-NameStartChar, without the supplementary planes, which few parsers support in
// names.
const STARTS =
  ":A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-" +
  "\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd";
const NAME_START = new RegExp(`^[${STARTS}]`);
const NO_NAME_CHARACTER = new RegExp(`[^${STARTS}\\-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040]`, "g");

export function escapeText(text: string): string {
  return charactersOf(text).replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? "");
}

export function escapeAttribute(text: string): string {
  return charactersOf(text).replace(/[&<>"\r\n\t]/g, (character) => ESCAPES[character] ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/** Replaces characters that XML cannot represent: most control characters and unpaired surrogates. */
function charactersOf(text: string): string {
  return text.toWellFormed().replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, "\ufffd");
}
