import { compilePattern, isPattern } from "./pattern.ts";
import type { Settings } from "./settings.ts";

/**
 * Returns a test for `Origin` headers that match `trustedOrigins`. An entry is an origin, a host with or without port
 * (for both http and https), or a pattern "/source/flags".
 */
export function originRuleOf(settings: Settings): (origin: string | undefined) => boolean {
  const trusted = settings.texts("trustedOrigins");
  const exact = new Set<string>();
  for (const text of trusted) {
    if (isPattern(text)) continue;
    const origins = originsOf(text);
    if (origins.length === 0) settings.refuse(`trustedOrigins: ${text}`);
    for (const origin of origins) exact.add(origin);
  }
  const patterns = trusted.filter(isPattern).flatMap((text) => {
    const pattern = compilePattern(text);
    if (pattern === undefined) settings.refuse(`trustedOrigins: ${text}`);
    return pattern ?? [];
  });
  return (origin) => {
    if (origin === undefined || origin.length > LONGEST_ORIGIN) return false;
    return exact.has(origin) || patterns.some((pattern) => pattern.matcher(origin).find());
  };
}

const LONGEST_ORIGIN = 2_048;

/** Origins as browsers write them: lower case, without default port and path. Empty for an invalid entry. */
function originsOf(text: string): string[] {
  if (text === "null") return [text];
  const urls = text.includes("://") ? [text] : [`http://${text}`, `https://${text}`];
  return urls.flatMap((url) => originOf(url) ?? []);
}

function originOf(text: string): string | undefined {
  if (text.includes("*") || !URL.canParse(text)) return undefined;
  const { origin, pathname, search, hash, username, password } = new URL(text);
  if (/^\/*$/.test(pathname) === false || search + hash + username + password !== "") return undefined;
  // The URL standard defines no origin for other schemes; browsers send such an origin unchanged.
  return origin === "null" ? text.replace(/\/+$/, "") : origin;
}
