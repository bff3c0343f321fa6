import { expect, test, vi } from "vitest";
import type { GuardConfiguration } from "../../../internal/gateway/options.ts";
import type { Headers } from "../../../protocol/wire/worker.ts";
import { exchangeOf, guardsWith, request } from "./support.ts";

async function headersWith(helmet: GuardConfiguration, own: Headers = {}) {
  const { answerFilters, logged } = await guardsWith({ helmet });
  const answer = await answerFilters[0]?.({ status: 200, headers: own }, exchangeOf(request("/")));
  return { headers: answer?.headers ?? {}, logged };
}

test("without configuration the headers are the library's defaults", async () => {
  const { headers, logged } = await headersWith({});
  expect(headers).toMatchObject({
    "content-security-policy": expect.stringContaining("default-src 'self'"),
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "no-referrer",
    "x-xss-protection": "0",
    "x-dns-prefetch-control": "off",
    "x-download-options": "noopen",
    "x-permitted-cross-domain-policies": "none",
    "origin-agent-cluster": "?1",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  });
  expect(logged).toEqual([]);
});

test("a configuration of XyPriss is merged over the defaults", async () => {
  const warn = vi.spyOn(console, "warn");
  const { headers, logged } = await headersWith({
    contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], scriptSrc: ["'self'", "https://cdn.example"] } },
    crossOriginEmbedderPolicy: true,
    crossOriginResourcePolicy: { policy: "cross-origin" },
    dnsPrefetchControl: { allow: true },
    frameguard: { action: "deny" },
    hsts: { maxAge: 60, includeSubDomains: false, preload: true },
    ieNoOpen: true,
    noSniff: {},
    originAgentCluster: false,
    permittedCrossDomainPolicies: false,
    referrerPolicy: { policy: "same-origin" },
    xssFilter: false,
  });
  expect(headers).toMatchObject({
    "content-security-policy": expect.stringContaining("script-src 'self' https://cdn.example"),
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "cross-origin",
    "x-dns-prefetch-control": "on",
    "x-frame-options": "DENY",
    "strict-transport-security": "max-age=60; preload",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  });
  for (const off of ["origin-agent-cluster", "x-permitted-cross-domain-policies", "x-xss-protection"]) {
    expect(headers).not.toHaveProperty(off);
  }
  expect(logged).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
});

test("contentSecurityPolicy: false omits that header", async () => {
  const { headers } = await headersWith({ contentSecurityPolicy: false });
  expect(headers).not.toHaveProperty("content-security-policy");
  expect(headers).toHaveProperty("x-frame-options");
});

test("a setting that the library rejects is logged, and the other settings apply", async () => {
  const { headers, logged } = await headersWith({
    frameguard: { action: "sometimes" },
    contentSecurityPolicy: { directives: { scriptSrc: [{}] } },
    hsts: "on",
    referrerPolicy: { policy: "origin" },
  });
  expect(headers).toMatchObject({ "x-frame-options": "SAMEORIGIN", "referrer-policy": "origin" });
  expect(headers["content-security-policy"]).toContain("script-src 'self'");
  expect(logged.map(({ field }) => field)).toEqual(["frameguard", "contentSecurityPolicy", "hsts"]);
});

test("a worker's own header takes precedence, and x-powered-by is removed unless configured", async () => {
  const own = { "x-frame-options": "DENY", "x-powered-by": "XyPriss", etag: '"1"' };
  const { headers } = await headersWith({}, own);
  expect(headers).toMatchObject({ "x-frame-options": "DENY", etag: '"1"' });
  expect(headers).not.toHaveProperty("x-powered-by");
  expect(own).toHaveProperty("x-powered-by");
  expect((await headersWith({ hidePoweredBy: false }, own)).headers).toHaveProperty("x-powered-by", "XyPriss");
});
