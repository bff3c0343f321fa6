import { validateHeaderName, validateHeaderValue } from "node:http";
import { expect, test } from "vitest";
import { isAnswer } from "../../../internal/gateway/exchange/answer.ts";
import type { GuardOptions } from "../../../internal/gateway/options.ts";
import { fc } from "../../support/property.ts";
import { exchangeOf, form, guardsWith, json, request } from "./support.ts";

/** All setting names that any guard reads. Each guard also gets the names of the others. */
const NAMES = [
  ...["contentSecurityPolicy", "directives", "scriptSrc", "crossOriginEmbedderPolicy", "dnsPrefetchControl", "allow"],
  ...["frameguard", "action", "hsts", "maxAge", "noSniff", "referrerPolicy", "policy", "xssFilter", "hidePoweredBy"],
  ...["secret", "cookieName", "cookieOptions", "sameSite", "ignoredMethods", "trustedOrigins", "doubleSubmitCookie"],
  ...["enabled", "path", "blockOnDetection", "message", "statusCode", "routeConfig", "excludeRoutes", "includeRoutes"],
  ...["isRegex", "methods", "whiteList", "strictMode", "checkQuery", "checkHeaders", "whitelist", "windowMs"],
  ...["delayAfter", "rules", "field", "valuePattern", "replacement", "preserve", "maxDepth"],
];
const OPTIONS: readonly (keyof GuardOptions)[] = [
  ...(["helmet", "csrf", "xss", "hpp", "xxe", "slowdown", "sqlInjection", "commandInjection"] as const),
  ...(["pathTraversal", "ldapInjection", "responseManipulation"] as const),
];

/** Values of any type, also where another type is expected. */
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      null,
      true,
      false,
      {},
      [],
      "/(/",
      "/a+/i",
      "/x*",
      "a\r\nb: c",
      "*",
      "(",
      ";",
      "\0",
      "é",
      0,
      -1,
      1e300,
      204,
    ),
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 6 }),
  ),
}));
const anyConfiguration = fc.dictionary(fc.constantFrom(...NAMES), anything, { maxKeys: 8 });

test.each(OPTIONS)("%s works with any configuration, and sends only valid headers", async (option) => {
  const asked = [request("/a?x=1&x=%3Cscript%3E"), json({ a: "' or 1=1" }), form("a=1&a=../../../etc/passwd")];
  await fc.assert(
    fc.asyncProperty(anyConfiguration, async (configuration) => {
      const { gates, requestFilters, answerFilters } = await guardsWith({ [option]: configuration });
      for (const what of asked) {
        const exchange = exchangeOf(what);
        const waiting = gates.map((gate) => gate(exchange));
        exchange.end();
        await Promise.all(waiting);
        for (const filter of requestFilters) {
          const result = await filter(what, exchange);
          expect(isAnswer(result) ? result.status : 200).toBeLessThan(600);
        }
        const headers = { "content-type": "application/json" };
        const answer = { status: 200, headers, body: Buffer.from('{"a":{"secret":"aa","field":1}}') };
        for (const filter of answerFilters) {
          for (const [name, value] of Object.entries((await filter(answer, exchange)).headers)) {
            validateHeaderName(name);
            for (const line of [value].flat()) validateHeaderValue(name, line);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
});

test.each([null, undefined, false, 0, "on", [1]])("a configuration of %j enables no guard", async (configuration) => {
  const options = Object.fromEntries(OPTIONS.map((option) => [option, configuration])) as GuardOptions;
  const { gates, requestFilters, answerFilters } = await guardsWith(options);
  expect([...gates, ...requestFilters, ...answerFilters]).toEqual([]);
});
