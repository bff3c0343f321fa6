import { describe, expect, test } from "vitest";
import { isAnswer } from "../../../internal/gateway/exchange/answer.ts";
import type { GuardConfiguration } from "../../../internal/gateway/options.ts";
import type { HeaderValue, WorkerRequest } from "../../../protocol/wire/worker.ts";
import { exchangeOf, form, guardsWith, json, request } from "./support.ts";

/** A CSRF guard; `answered` gives the headers of a response. */
async function guardedBy(csrf: GuardConfiguration) {
  const { requestFilters, answerFilters, logged } = await guardsWith({ csrf });
  const answered = async (headers: Record<string, HeaderValue> = {}, own: Record<string, HeaderValue> = {}) => {
    const answer = await answerFilters[0]?.({ status: 200, headers: own }, exchangeOf(request("/", headers)));
    return answer?.headers ?? {};
  };
  /** The token headers that the worker and the client receive. */
  const tokensOf = async (asked: WorkerRequest) => {
    const exchange = exchangeOf(asked);
    const passed = await requestFilters[0]?.(asked, exchange);
    const answer = await answerFilters[0]?.({ status: 200, headers: {} }, exchange);
    const ofWorker = passed !== undefined && "headers" in passed ? passed.headers["x-csrf-token"] : undefined;
    return { ofWorker, headers: answer?.headers ?? {} };
  };
  const statusOf = async (asked: WorkerRequest) => {
    const result = await requestFilters[0]?.(asked, exchangeOf(asked));
    return result !== undefined && isAnswer(result) ? result.status : 200;
  };
  return { answered, statusOf, tokensOf, logged };
}

function withHeaders(asked: WorkerRequest, headers: Record<string, string>): WorkerRequest {
  return { ...asked, headers: { ...asked.headers, ...headers } };
}

const SECRET = { secret: "a secret of the tests" };
const POST = { ...request("/items"), method: "POST" };

test("a client receives its token once as a cookie and in each response, and must send both", async () => {
  const { answered, statusOf, logged } = await guardedBy(SECRET);
  const first = await answered();
  const token = String(first["x-csrf-token"]);
  expect(first["set-cookie"]).toEqual([`_csrf=${token}; Path=/; HttpOnly; SameSite=Lax`]);
  const cookie = `theme=dark; _csrf=${token}`;
  expect(await answered({ cookie })).toEqual({ "x-csrf-token": token });

  expect(await statusOf(withHeaders(POST, { cookie, "x-csrf-token": token }))).toBe(200);
  expect(await statusOf(POST)).toBe(403);
  expect(await statusOf(withHeaders(POST, { cookie }))).toBe(403);
  expect(await statusOf(withHeaders(POST, { "x-csrf-token": token }))).toBe(403);
  const other = String((await answered())["x-csrf-token"]);
  expect(other).not.toBe(token);
  expect(await statusOf(withHeaders(POST, { cookie, "x-csrf-token": other }))).toBe(403);
  expect(logged).toEqual([]);
});

test("an invalid token is refused, even if cookie and header are the same", async () => {
  const { statusOf } = await guardedBy(SECRET);
  const elsewhere = String((await (await guardedBy({ secret: "another" })).answered())["x-csrf-token"]);
  const wrong = ["x", "é".repeat(34), `${"a".repeat(24)}.${"b".repeat(43)}`, elsewhere];
  for (const token of wrong) {
    expect(await statusOf(withHeaders(POST, { cookie: `_csrf=${token}`, "x-csrf-token": token }))).toBe(403);
  }
});

describe("the token is accepted from", async () => {
  const { answered, statusOf } = await guardedBy(SECRET);
  const token = String((await answered())["x-csrf-token"]);
  const cookie = `_csrf=${token}`;
  const multipart = `--b\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n--b--\r\n`;
  const asForm = { "content-type": "multipart/form-data; boundary=b" };
  const ways: readonly [string, WorkerRequest][] = [
    ["the header x-xsrf-token", withHeaders(POST, { "x-xsrf-token": token })],
    ["the query", { ...request(`/items?a=1&_csrf=${token}`), method: "DELETE" }],
    ["a field of JSON", json({ a: 1, _csrf: token })],
    ["a field of a form", form(`a=1&_csrf=${token}`)],
    ["a field of a multipart form", { ...request("/", asForm), method: "POST", body: Buffer.from(multipart) }],
    ["a form whose files were stored by uploads", { ...json({ _csrf: token }), headers: asForm }],
  ];
  test.each(ways)("%s", async (_, asked) => {
    expect(await statusOf(withHeaders(asked, { cookie }))).toBe(200);
  });

  test.each([
    ["invalid JSON", json('{"_csrf":')],
    ["a list", json([token])],
    ["an object", json({ _csrf: { token } })],
    [
      "a form without boundary",
      { ...POST, headers: { "content-type": "multipart/form-data" }, body: Buffer.from("--") },
    ],
  ])("but not from %s", async (_, asked) => {
    expect(await statusOf(withHeaders(asked, { cookie }))).toBe(403);
  });
});

describe("the worker receives in x-csrf-token", async () => {
  const { answered, tokensOf } = await guardedBy({ ...SECRET, trustedOrigins: ["https://app.example"] });
  const token = String((await answered())["x-csrf-token"]);
  const cookie = `_csrf=${token}`;

  test("the new token of a client without one, which the response sets as a cookie", async () => {
    const { ofWorker, headers } = await tokensOf(request("/form", { "x-csrf-token": "made up" }));
    expect(ofWorker).toMatch(/^[\w-]{24}\.[\w-]{43}$/);
    expect(headers["x-csrf-token"]).toBe(ofWorker);
    expect(headers["set-cookie"]).toEqual([`_csrf=${ofWorker}; Path=/; HttpOnly; SameSite=Lax`]);
  });

  test("the token of the cookie, whatever the request header of a safe method says", async () => {
    for (const header of [{}, { "x-csrf-token": "made up" }]) {
      const { ofWorker, headers } = await tokensOf(request("/form", { cookie, ...header }));
      expect([ofWorker, headers["x-csrf-token"], headers["set-cookie"]]).toEqual([token, token, undefined]);
    }
  });

  test("the token that a request was accepted with, and one for a trusted origin", async () => {
    expect((await tokensOf(withHeaders(form(`_csrf=${token}`), { cookie }))).ofWorker).toBe(token);
    const multipart = `--b\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n--b--\r\n`;
    const headers = { cookie, "content-type": "multipart/form-data; boundary=b" };
    const asked = { ...request("/", headers), method: "POST", body: Buffer.from(multipart) };
    expect((await tokensOf(asked)).ofWorker).toBe(token);
    expect((await tokensOf(withHeaders(POST, { origin: "https://app.example" }))).ofWorker).toMatch(/^[\w.-]{68}$/);
  });
});

test("trusted origins (exact or regular expression) and ignored methods need no token", async () => {
  const trustedOrigins = ["https://app.example", "/^https:\\/\\/[a-z]+\\.TRUSTED\\.example$/i", {}, "/(/"];
  const { statusOf, logged } = await guardedBy({ ...SECRET, trustedOrigins, ignoredMethods: ["get", "PATCH"] });
  const from = (origin: string) => statusOf(withHeaders(POST, { origin }));
  expect(await from("https://app.example")).toBe(200);
  expect(await from("https://a.trusted.example")).toBe(200);
  expect(await from("https://app.example.evil.example")).toBe(403);
  expect(await from("https://evil.example/.trusted.example")).toBe(403);
  expect(await from("null")).toBe(403);
  expect(await statusOf({ ...POST, method: "PATCH" })).toBe(200);
  expect(await statusOf({ ...POST, method: "HEAD" })).toBe(403);
  expect(logged).toMatchObject([{ guard: "csrf", fields: ["trustedOrigins[2]", "trustedOrigins: /(/"] }]);
});

test.each([
  ["localhost:5500", ["http://localhost:5500", "https://localhost:5500"], ["http://localhost", "http://localhost:550"]],
  ["app.example", ["http://app.example", "https://app.example"], ["https://app.example:8443", "https://x.app.example"]],
  ["App.Example:443", ["https://app.example", "http://app.example:443"], ["http://app.example"]],
  ["[::1]:3000", ["http://[::1]:3000"], ["http://[::1]"]],
  ["http://localhost:80/", ["http://localhost"], ["https://localhost"]],
  ["HTTPS://App.example:443", ["https://app.example"], ["http://app.example"]],
  ["capacitor://localhost", ["capacitor://localhost"], ["http://localhost"]],
  ["null", ["null"], ["http://null"]],
])("the trusted origin %s matches what browsers send for it", async (trusted, right, wrong) => {
  const { statusOf, logged } = await guardedBy({ ...SECRET, trustedOrigins: [trusted] });
  const from = (origin: string) => statusOf(withHeaders(POST, { origin }));
  for (const origin of right) expect(await from(origin), origin).toBe(200);
  for (const origin of [...wrong, "https://evil.example"]) expect(await from(origin), origin).toBe(403);
  expect(logged).toEqual([]);
});

test.each(["*", "https://*.example", "https://app.example/path", "https://", "a b"])(
  "the trusted origin %s is invalid and logged",
  async (trusted) => {
    const { logged } = await guardedBy({ ...SECRET, trustedOrigins: [trusted] });
    expect(logged).toMatchObject([{ guard: "csrf", fields: [`trustedOrigins: ${trusted}`] }]);
  },
);

test("cookies have the configured attributes, with a second cookie for scripts", async () => {
  const { answered } = await guardedBy({
    ...SECRET,
    cookieName: "token",
    cookieOptions: { httpOnly: true, sameSite: "strict", secure: true, maxAge: 90_000 },
    doubleSubmitCookie: { enabled: true, path: "/app" },
  });
  const headers = await answered({}, { "set-cookie": "own=1" });
  const token = headers["x-csrf-token"];
  expect(headers["set-cookie"]).toEqual([
    "own=1",
    `token=${token}; Path=/; Max-Age=90; HttpOnly; Secure; SameSite=Strict`,
    `XSRF-TOKEN=${token}; Path=/app; Max-Age=90; Secure; SameSite=Strict`,
  ]);
});

test("a response that shared caches may store gets no token", async () => {
  const { answered } = await guardedBy(SECRET);
  const own = { "cache-control": "public, max-age=60" };
  expect(await answered({}, own)).toEqual(own);
});

test("without a secret a random one is used, and a warning logged", async () => {
  const { answered, statusOf, logged } = await guardedBy({});
  const token = String((await answered())["x-csrf-token"]);
  expect(await statusOf(withHeaders(POST, { cookie: `_csrf=${token}`, "x-csrf-token": token }))).toBe(200);
  expect(logged).toMatchObject([{ guard: "csrf", msg: expect.stringContaining("no secret is set") }]);
});
