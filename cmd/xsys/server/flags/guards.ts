import type { ConversionOptions, GuardOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { flag, size } from "../../flags/kinds.ts";
import { base64Object, text } from "../../flags/texts.ts";

export const GUARDS = {
  "helmet-config-json": base64Object("Security response headers."),
  "csrf-config-json": base64Object("Protection against cross-site request forgery (CSRF)."),
  "xss-config-json": base64Object("Protection against scripts in request data (XSS)."),
  "hpp-config-json": base64Object("Protection against repeated parameters (HPP)."),
  "xxe-config-json": base64Object("Protection against entities in XML (XXE)."),
  "slowdown-config-json": base64Object("Delays for clients that send many requests."),
  "sqli-config-json": base64Object("Protection against SQL injection."),
  "cmd-inject-config-json": base64Object("Protection against shell command injection."),
  "path-traversal-config-json": base64Object("Protection against path traversal."),
  "ldap-inject-config-json": base64Object("Protection against LDAP filter injection."),
  "response-manipulation-config-json": base64Object("Masking of fields in JSON responses."),
};

export const CONVERSION = {
  "conversion-enabled": flag("Convert between XML and JSON, as set by the flags below."),
  "conv-xml-json": flag("Convert XML request bodies to JSON for workers."),
  "conv-attr-prefix": text("Prefix of attribute names.", "@"),
  "conv-text-key": text("Key of the text of an element that also has attributes or child elements.", "#text"),
  "conv-max-size": size({ summary: "Maximum size of a body to convert.", byDefault: 10 * 1024 ** 2 }),
  "conv-auto-reply": flag("Convert JSON responses to XML if the request was XML."),
  "conv-strict-parsing": flag("Answer requests with malformed XML with 400."),
  "conv-content-sniffing": flag("Treat a body that has no content type and begins with < as XML."),
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
