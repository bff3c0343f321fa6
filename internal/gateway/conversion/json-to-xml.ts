import type { XmlShape } from "./xml-to-json.ts";
import { asXmlName, escapeAttribute, escapeText } from "./xml-words.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const DEEPEST = 100;

/**
 * Converts a JSON value to an XML document, as the inverse of `xmlToJson`. A value without a single member that can be
 * the root element is wrapped in `<response>`, and items of a list without a name in `<item>`. Returns undefined if the
 * value is nested too deeply, or the XML exceeds `longest` characters.
 */
export function jsonToXml(value: unknown, shape: XmlShape, longest: number): string | undefined {
  const writer = new Writer(shape, longest);
  const [name, content] = rootOf(value, shape);
  return writer.write(name, content, 0) ? DECLARATION + writer.text : undefined;
}

function rootOf(value: unknown, { attributePrefix, textKey }: XmlShape): [name: string, content: unknown] {
  if (!isMembers(value)) return ["response", Array.isArray(value) ? { item: value } : value];
  const [only, ...others] = Object.entries(value);
  if (only === undefined || others.length > 0 || Array.isArray(only[1])) return ["response", value];
  return only[0] === textKey || isAttribute(only[0], only[1], attributePrefix) ? ["response", value] : only;
}

class Writer {
  text = "";
  readonly #shape: XmlShape;
  readonly #longest: number;

  constructor(shape: XmlShape, longest: number) {
    this.#shape = shape;
    this.#longest = longest;
  }

  /** Writes an element, or one for each item of a list. Returns false if a limit is exceeded. */
  write(name: string, value: unknown, depth: number): boolean {
    if (depth > DEEPEST || this.text.length > this.#longest) return false;
    if (Array.isArray(value)) return value.every((item) => this.#writeItem(name, item, depth));
    const tag = asXmlName(name);
    if (!isMembers(value)) {
      this.text += value === null || value === "" ? `<${tag}/>` : `<${tag}>${escapeText(String(value))}</${tag}>`;
      return true;
    }
    return this.#writeMembers(tag, Object.entries(value), depth);
  }

  #writeItem(name: string, item: unknown, depth: number): boolean {
    return this.write(name, Array.isArray(item) ? { item } : item, depth + 1);
  }

  #writeMembers(tag: string, members: readonly [string, unknown][], depth: number): boolean {
    const { attributePrefix, textKey } = this.#shape;
    const isOwn = ([name, value]: readonly [string, unknown]) => isAttribute(name, value, attributePrefix);
    const attributes = new Map(
      members.filter(isOwn).map(([name, value]) => [asXmlName(name.slice(attributePrefix.length)), value]),
    );
    this.text += `<${tag}`;
    for (const [name, value] of attributes) this.text += ` ${name}="${escapeAttribute(String(value ?? ""))}"`;
    this.text += ">";
    for (const [name, value] of members) {
      if (name === textKey && !isNested(value)) this.text += escapeText(String(value ?? ""));
      else if (!isOwn([name, value]) && !this.write(name, value, depth + 1)) return false;
    }
    this.text += `</${tag}>`;
    return this.text.length <= this.#longest;
  }
}

function isAttribute(name: string, value: unknown, prefix: string): boolean {
  return prefix !== "" && name.length > prefix.length && name.startsWith(prefix) && !isNested(value);
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return isNested(value) && !Array.isArray(value);
}
