import { XMLParser, XMLValidator } from "fast-xml-parser";
import { setAside } from "./long-texts.ts";
import { measureXml } from "./measure-xml.ts";
import { XmlError } from "./xml-error.ts";

export interface XmlShape {
  readonly attributePrefix: string;
  readonly textKey: string;
}

/** Maximum number of levels below the root element. */
const DEEPEST = 100;

/**
 * Converts XML to a JSON value: `<a b="1">x<c/></a>` becomes `{ a: { "@b": "1", "#text": "x", c: "" } }`. Repeated
 * elements become lists, and an element that contains only text becomes a string. All values stay strings, so that
 * leading zeros are not lost. Comments and processing instructions are dropped.
 * @throws {XmlError} with line and column if the XML is not well-formed, or with the limit that it exceeds.
 */
export function xmlToJson(xml: string, { attributePrefix, textKey }: XmlShape): Record<string, unknown> {
  const excess = measureXml(xml);
  if (excess !== undefined) throw new XmlError(excess);
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw new XmlError(`${valid.err.msg} (line ${valid.err.line}, column ${valid.err.col ?? 1})`);
  const { rest, decode } = setAside(xml);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: attributePrefix,
    textNodeName: textKey,
    parseTagValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: DEEPEST,
    jPath: false,
    entityDecoder: { ...NO_ENTITIES, decode },
  });
  const root = parsed(parser, rest);
  const [only, ...others] = Object.values(root);
  if (only === undefined || others.length > 0 || Array.isArray(only)) {
    throw new XmlError("The document must have exactly one root element");
  }
  return root;
}

/** Document types are refused, so no entities are declared. */
const NO_ENTITIES = {
  setExternalEntities: () => {},
  addInputEntities: () => {},
  reset: () => {},
  setXmlVersion: () => {},
};

function parsed(parser: XMLParser, xml: string): Record<string, unknown> {
  try {
    return parser.parse(xml) as Record<string, unknown>;
  } catch (error) {
    throw error instanceof XmlError ? error : new XmlError((error as Error).message);
  }
}
