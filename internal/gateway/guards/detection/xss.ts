import type { Detector, DetectorFactory } from "./detector.ts";
import { type Attribute, someTag } from "./html-tags.ts";
import { isScriptUrl, isScriptUrlAlone } from "./script-url.ts";

/**
 * Detects HTML that runs scripts: script-running elements, event handlers, and `javascript:` URLs. Other HTML does not
 * match. `whiteList` holds allowed elements, each with its allowed attributes: `{ "iframe": ["src"] }`.
 */
export const xss: DetectorFactory = (settings) => {
  const whiteList = settings.part("whiteList");
  const allowed = new Map(whiteList.names().map((name) => [name.toLowerCase(), whiteList.texts(name)]));
  const isAttack = (tag: string, attributes: readonly Attribute[]) => isActiveTag(tag, attributes, allowed.get(tag));
  const detector: Detector = (text, place) => {
    if (place === "xml") return false;
    if (text.includes("<") && someTag(text, isAttack)) return true;
    if (BREAK_OUT_HINT.test(text) && BREAK_OUT.test(text)) return true;
    return isScriptUrlAlone(text);
  };
  return detector;
};

function isActiveTag(tag: string, attributes: readonly Attribute[], allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined && ACTIVE.has(tag)) return true;
  const needed = allowed === undefined ? ACTIVE_BY.get(tag) : undefined;
  return attributes.some(({ name, value }) => {
    if (needed?.has(name)) return true;
    if (value === undefined || allowed?.includes(name)) return false;
    if (EVENT_HANDLER.test(name) || name === "srcdoc") return true;
    return ADDRESSES.has(name) && isScriptUrl(value);
  });
}

const ACTIVE = new Set(["script", "iframe", "applet", "frameset"]);
/** Elements that match only with one of these attributes, as their names are also types (`Array<object>`). */
const ACTIVE_BY = new Map([
  ["object", new Set(["data", "classid"])],
  ["embed", new Set(["src", "code"])],
  ["base", new Set(["href"])],
  ["meta", new Set(["http-equiv"])],
]);
const ADDRESSES = new Set(
  "href src action formaction data xlink:href poster background to from values content code".split(" "),
);

const EVENTS =
  "abort|after\\w+|animation\\w+|auxclick|before\\w+|begin|blur|can\\w+|change|click|close|contextmenu|copy|cut|dblclick|" +
  "drag\\w*|drop|end|error|focus\\w*|fullscreen\\w*|hashchange|input|invalid|key\\w+|load\\w*|message\\w*|mouse\\w+|offline|" +
  "online|page\\w+|paste|play\\w*|pointer\\w+|popstate|progress|reset|resize|scroll\\w*|search|select\\w*|show|start|" +
  "storage|submit|toggle|touch\\w+|transition\\w+|unhandledrejection|unload|volumechange|webkit\\w+|wheel";
const EVENT = `on(?:${EVENTS.replaceAll(/\\w[+*]/g, "\\w{0,24}")})`;
const EVENT_HANDLER = new RegExp(`^${EVENT}$`);
const BREAK_OUT_HINT = /\bon[a-z]{3,24}\s{0,8}=/i;
/**
 * An event handler behind the end of the attribute that the value is inserted into, with up to four attributes between.
 */
const BREAK_OUT = new RegExp(
  `["'\`][\\s/]{0,8}(?:[\\w-]{1,32}(?:=[\\w-]{0,32})?[\\s/]{1,8}){0,4}${EVENT}\\s{0,8}=`,
  "i",
);
