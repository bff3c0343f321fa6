import { XMLParser, XMLValidator } from "fast-xml-parser";
import { setAside } from "./long-texts.ts";
import { measureXml } from "./measure-xml.ts";
import { XmlError } from "./xml-error.ts";

export interface XmlShape {
  readonly attributePrefix: string;
  readonly textKey: string;
}

/** Levels below the root element. */
const DEEPEST = 100;

/**
 * XML as a value of JSON: `<a b="1">x<c/></a>` is `{ a: { "@b": "1", "#text": "x", c: "" } }`. Repeated elements are
 * lists; an element with nothing but text is that text. All values are texts, as they were sent: a number's zeros and a
 * code's digits are the application's business. Comments and instructions are left out.
 * @throws {XmlError} with the line and column of what is not well-formed, or what is over a limit.
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
    throw new XmlError("A document has one element that holds all others");
  }
  return root;
}

/** Nothing is declared, so there is nothing that could be expanded. */
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
