import { describe, expect, test } from "vitest";
import { isAnswer } from "../../../../internal/gateway/exchange/answer.ts";
import type { GuardOptions } from "../../../../internal/gateway/options.ts";
import { exchangeOf, form, guardsWith, json, request } from "../support.ts";
import { ATTACKS } from "./attacks.ts";
import { ORDINARY } from "./ordinary.ts";

const OPTIONS = ["xss", "sqlInjection", "commandInjection", "pathTraversal", "ldapInjection", "xxe"] as const;
const BLOCKING = { blockOnDetection: true };
const ALL: GuardOptions = Object.fromEntries(OPTIONS.map((option) => [option, BLOCKING]));

async function isRefused(options: GuardOptions, asked: ReturnType<typeof request>): Promise<boolean> {
  const { requestFilters } = await guardsWith(options);
  const result = await requestFilters[0]?.(asked, exchangeOf(asked));
  return result !== undefined && isAnswer(result);
}

describe("ordinary input passes", () => {
  test.each(OPTIONS)("%s", async (option) => {
    const found = [];
    for (const text of ORDINARY) {
      const query = await isRefused({ [option]: BLOCKING }, request(`/search?q=${encodeURIComponent(text)}`));
      const body = await isRefused({ [option]: BLOCKING }, json({ nested: [{ text }] }));
      if (query || body) found.push(text);
    }
    expect(found).toEqual([]);
  });

  test("the ordinary URLs of an application", async () => {
    const targets = [
      "/",
      "/a/b.c/d-e_f~g",
      "/files/wait...",
      "/users/o'brien",
      "/a/...",
      "/%E2%9C%93/x%20y",
      "/a;v=1,2",
    ];
    const refused = [];
    for (const target of targets) if (await isRefused(ALL, request(target))) refused.push(target);
    expect(refused).toEqual([]);
  });
});

describe("common attacks are detected", () => {
  test.each(Object.keys(ATTACKS) as (keyof typeof ATTACKS)[])("%s", async (option) => {
    const missed = [];
    for (const text of ATTACKS[option] ?? []) {
      if (!(await isRefused({ [option]: BLOCKING }, request(`/x?q=${encodeURIComponent(text)}`)))) missed.push(text);
    }
    expect(missed).toEqual([]);
  });

  test("in every part of a request", async () => {
    const attack = "<script>alert(1)</script>";
    const encoded = encodeURIComponent(attack);
    const asked = {
      path: request(`/a/${encoded}/b`),
      query: request(`/a?b=1&c=${encoded}`),
      "name of a query": request(`/a?${encoded}=1`),
      "encoded twice": request(`/a?b=${encodeURIComponent(encoded)}`),
      json: json({ a: [{ b: { c: attack } }] }),
      "name in json": json({ [attack]: 1 }),
      "json with escapes": json('{"a":"\\u003cscript\\u003ealert(1)"}'),
      "json cut off": json('{"a":["<script>alert(1)'),
      "json deep down": json(`${"[".repeat(100_000)}"${attack}"`),
      urlencoded: form(`a=1&b=${encoded}`),
      multipart: multipart([
        ["a", "1"],
        ["b", attack],
      ]),
      "json of a form whose files were stored": { ...multipart([]), body: Buffer.from(JSON.stringify({ a: attack })) },
      "user-agent": request("/", { "user-agent": attack }),
      referer: request("/", { referer: `http://x.example/?${encoded}` }),
    };
    const missed = [];
    for (const [place, what] of Object.entries(asked))
      if (!(await isRefused({ xss: BLOCKING }, what))) missed.push(place);
    expect(missed).toEqual([]);
  });

  test.each([
    "/../etc/passwd",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2fetc/passwd",
    "/static/%252e%252e%252fetc/passwd",
    "/static/..%5c..%5cwin.ini",
    "/static/%c0%ae%c0%ae/x",
    "/static/..;/manager",
    "/a%00.png",
  ])("traversal in the path: %s", async (target) => {
    expect(await isRefused({ pathTraversal: BLOCKING }, request(target))).toBe(true);
  });

  test.each([
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><lolz>&lol2;</lolz>',
    '<!DOCTYPE a SYSTEM "http://evil.example/x.dtd"><a/>',
    '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>',
  ])("external entities in XML: %s", async (xml) => {
    const headers = { "content-type": "application/xml" };
    for (const encoding of ["utf8", "utf16le"] as const) {
      const body = Buffer.from(xml, encoding);
      expect(await isRefused({ xxe: BLOCKING }, { ...request("/", headers), method: "POST", body })).toBe(true);
    }
    const plain = Buffer.from('<?xml version="1.0"?><a b="1">&amp;</a>');
    expect(await isRefused({ xxe: BLOCKING }, { ...request("/", headers), method: "POST", body: plain })).toBe(false);
  });
});

describe("by configuration", () => {
  const asked = request(`/items?q=${encodeURIComponent("<script>x</script>")}`);

  test("a refusal has the configured status and message", async () => {
    const { requestFilters } = await guardsWith({ xss: { blockOnDetection: true, statusCode: 422, message: "no" } });
    const answer = await requestFilters[0]?.(asked, exchangeOf(asked));
    expect(answer).toMatchObject({ status: 422, body: Buffer.from('{"error":"no"}') });
  });

  test("an attack passes without blockOnDetection, and is logged once per guard and route", async () => {
    const { requestFilters, logged } = await guardsWith({ xss: {}, sqlInjection: {} });
    for (let times = 0; times < 3; times++) expect(await requestFilters[0]?.(asked, exchangeOf(asked))).toBe(asked);
    expect(logged).toMatchObject([{ guard: "xss", place: "query", route: "/items", blocked: false }]);
    expect(await requestFilters[0]?.(asked, exchangeOf(asked, "/other"))).toBe(asked);
    expect(logged).toHaveLength(2);
  });

  test("routes are excluded and included exactly, by prefix, by regular expression and by method", async () => {
    const refusedWith = (routeConfig: object) => isRefused({ xss: { blockOnDetection: true, routeConfig } }, asked);
    expect(await refusedWith({ excludeRoutes: [{ path: "/items" }] })).toBe(false);
    expect(await refusedWith({ excludeRoutes: ["/items/"] })).toBe(false);
    expect(await refusedWith({ excludeRoutes: [{ path: "/it" }] })).toBe(true);
    expect(await refusedWith({ excludeRoutes: [{ path: "/it*" }] })).toBe(false);
    expect(await refusedWith({ excludeRoutes: [{ path: "^/i.*s$", isRegex: true }] })).toBe(false);
    expect(await refusedWith({ excludeRoutes: [{ path: "/items", methods: ["post"] }] })).toBe(true);
    expect(await refusedWith({ includeRoutes: [{ path: "/other" }] })).toBe(false);
    expect(await refusedWith({ includeRoutes: [{ path: "/items", methods: ["GET"] }] })).toBe(true);
  });

  test("a RegExp that arrived as {} is logged, and the other entries of the list still count", async () => {
    const routeConfig = { excludeRoutes: [{ path: {}, isRegex: true }, { path: "/items" }, 7] };
    const options = { xss: { blockOnDetection: "yes", statusCode: {}, routeConfig } };
    const { requestFilters, logged } = await guardsWith(options);
    expect(await requestFilters[0]?.(asked, exchangeOf(asked))).toBe(asked);
    expect(logged).toMatchObject([
      { guard: "xss", fields: expect.arrayContaining(["routeConfig.excludeRoutes[0].path"]) },
    ]);
  });

  test("whiteList allows elements with their attributes, but no event handlers", async () => {
    const options = { xss: { blockOnDetection: true, whiteList: { iframe: ["src"] } } };
    const refused = (html: string) => isRefused(options, json({ html }));
    expect(await refused('<iframe src="https://example.com"></iframe>')).toBe(false);
    expect(await refused('<iframe src="/x" onload="alert(1)"></iframe>')).toBe(true);
    expect(await refused("<script>1</script>")).toBe(true);
  });

  test("strictMode detects SQL in prose", async () => {
    const asked = json({ text: "SELECT id, name FROM users WHERE name = 'ann'" });
    expect(await isRefused({ sqlInjection: BLOCKING }, asked)).toBe(false);
    expect(await isRefused({ sqlInjection: { ...BLOCKING, strictMode: true } }, asked)).toBe(true);
  });
});

test("the worst inputs take linear time", async () => {
  const units = [
    "<a ",
    "<a x='",
    '<a b="',
    "' or ",
    ")(",
    "/*",
    "/**/",
    "; ",
    "`",
    "../",
    "&#",
    "%25",
    "\\",
    '\\"',
    "\n",
  ];
  const { requestFilters } = await guardsWith(ALL);
  const timeOf = async (unit: string, length: number) => {
    const asked = form(`a=${unit.repeat(length / unit.length)}`);
    const startedAt = performance.now();
    await requestFilters[0]?.(asked, exchangeOf(asked));
    return performance.now() - startedAt;
  };
  for (const unit of units) {
    // Quadratic time would be minutes.
    expect(await timeOf(unit, 300_000), unit).toBeLessThan(5_000);
  }
});

function multipart(fields: readonly [string, string][]) {
  const part = ([name, value]: readonly [string, string]) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const body = Buffer.from(`${fields.map(part).join("")}--b--\r\n`);
  return { ...request("/", { "content-type": "multipart/form-data; boundary=b" }), method: "POST", body };
}
