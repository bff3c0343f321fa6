import type { ConversionOptions, GuardOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { flag, size } from "../../flags/kinds.ts";
import { base64Object, text } from "../../flags/texts.ts";

export const GUARDS = {
  "helmet-config-json": base64Object("Security headers."),
  "csrf-config-json": base64Object("Requests that another site made a browser send."),
  "xss-config-json": base64Object("Scripts in what is sent."),
  "hpp-config-json": base64Object("Parameters that are there twice."),
  "xxe-config-json": base64Object("Entities in XML."),
  "slowdown-config-json": base64Object("Clients that ask often are answered later."),
  "sqli-config-json": base64Object("SQL in what is sent."),
  "cmd-inject-config-json": base64Object("Commands of a shell in what is sent."),
  "path-traversal-config-json": base64Object("Paths that lead out."),
  "ldap-inject-config-json": base64Object("Filters of LDAP in what is sent."),
  "response-manipulation-config-json": base64Object("Fields of answers in JSON that are masked."),
};

export const CONVERSION = {
  "conversion-enabled": flag("Convert between XML and JSON, as the flags below say."),
  "conv-xml-json": flag("Workers are given JSON for a body of XML."),
  "conv-attr-prefix": text("In front of the names of attributes.", "@"),
  "conv-text-key": text("Name of the text beside elements or attributes.", "#text"),
  "conv-max-size": size({ summary: "Larger bodies are left as they are.", byDefault: 10 * 1024 ** 2 }),
  "conv-auto-reply": flag("Answers in JSON to requests in XML go out as XML."),
  "conv-strict-parsing": flag("Answer 400 to what is not well-formed."),
  "conv-content-sniffing": flag("Take a body that begins with < and has no type for XML."),
};

/** Guards that are not configured are absent. */
export function guardOptions(values: Values<typeof GUARDS>): GuardOptions {
  const all = {
    helmet: values["helmet-config-json"],
    csrf: values["csrf-config-json"],
    xss: values["xss-config-json"],
    hpp: values["hpp-config-json"],
    xxe: values["xxe-config-json"],
    slowdown: values["slowdown-config-json"],
    sqlInjection: values["sqli-config-json"],
    commandInjection: values["cmd-inject-config-json"],
    pathTraversal: values["path-traversal-config-json"],
    ldapInjection: values["ldap-inject-config-json"],
    responseManipulation: values["response-manipulation-config-json"],
  };
  return Object.fromEntries(Object.entries(all).filter(([, configuration]) => configuration !== undefined));
}

export function conversionOptions(values: Values<typeof CONVERSION>): ConversionOptions | undefined {
  if (!values["conversion-enabled"]) return undefined;
  return {
    xmlToJson: values["conv-xml-json"],
    attributePrefix: values["conv-attr-prefix"],
    textKey: values["conv-text-key"],
    maxSize: values["conv-max-size"],
    autoReply: values["conv-auto-reply"],
    strict: values["conv-strict-parsing"],
    sniff: values["conv-content-sniffing"],
  };
}
