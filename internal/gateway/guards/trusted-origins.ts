import { compilePattern, isPattern } from "./pattern.ts";
import type { Settings } from "./settings.ts";

/** Whether an `Origin` header is one of the configuration's `trustedOrigins`: texts, exactly, and "/source/flags". */
export function originRuleOf(settings: Settings): (origin: string | undefined) => boolean {
  const trusted = settings.texts("trustedOrigins");
  const exact = new Set(trusted.filter((origin) => !isPattern(origin)).map((origin) => origin.replace(/\/$/, "")));
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
