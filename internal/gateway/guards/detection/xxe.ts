import type { Detector, DetectorFactory } from "./detector.ts";

/**
 * Detects XML that declares entities or includes external files. A document type without either, such as that of HTML,
 * does not match. In values that are not XML bodies, only external entities and parameter entities match.
 */
export const xxe: DetectorFactory = () => detector;

const detector: Detector = (text, place) => {
  if (place !== "xml" && place !== "query" && place !== "body") return false;
  if (!text.includes("<")) return false;
  if (place !== "xml") return text.includes("<!") && EXTERNAL_ENTITY.test(text);
  return text.includes("<!ENTITY") || INCLUDE.test(text) || EXTERNAL_TYPE.test(text);
};

const EXTERNAL_ENTITY = /<!ENTITY\s{1,16}(?:%\s{1,16}\S{1,64}|\S{1,64}\s{1,16}(?:SYSTEM|PUBLIC)\s)/;
/** Only SYSTEM types: parsers do not fetch well-known public types. */
const EXTERNAL_TYPE = /<!DOCTYPE\s{1,16}[^\s[>]{1,128}\s{1,16}SYSTEM\s/;
const INCLUDE = /<(?:xi|xinclude):include[\s/>]/i;
