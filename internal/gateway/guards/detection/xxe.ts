import type { Detector, DetectorFactory } from "./detector.ts";

/**
 * XML that declares entities or has others' files brought in. A document type without either, such as HTML's, is left
 * alone; in values that are no XML, it takes an entity with an address or a parameter entity.
 */
export const xxe: DetectorFactory = () => detector;

const detector: Detector = (text, place) => {
  if (place !== "xml" && place !== "query" && place !== "body") return false;
  if (!text.includes("<")) return false;
  if (place !== "xml") return text.includes("<!") && EXTERNAL_ENTITY.test(text);
  return text.includes("<!ENTITY") || INCLUDE.test(text) || EXTERNAL_TYPE.test(text);
};

const EXTERNAL_ENTITY = /<!ENTITY\s{1,16}(?:%\s{1,16}\S{1,64}|\S{1,64}\s{1,16}(?:SYSTEM|PUBLIC)\s)/;
/** Public types that are known by their name are not fetched by anyone. */
const EXTERNAL_TYPE = /<!DOCTYPE\s{1,16}[^\s[>]{1,128}\s{1,16}SYSTEM\s/;
const INCLUDE = /<(?:xi|xinclude):include[\s/>]/i;
