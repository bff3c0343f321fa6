import { describe, expect, test } from "vitest";
import { isAnswer } from "../../../internal/gateway/answer.ts";
import type { GuardConfiguration } from "../../../internal/gateway/options.ts";
import type { HeaderValue, WorkerRequest } from "../../../protocol/worker.ts";
import { exchangeOf, form, guardsWith, json, request } from "./support.ts";

/** A guard, and a client that keeps the cookie it is given. */
async function guardedBy(csrf: GuardConfiguration) {
  const { requestFilters, answerFilters, logged } = await guardsWith({ csrf });
  const answered = async (headers: Record<string, HeaderValue> = {}, own: Record<string, HeaderValue> = {}) => {
    const answer = await answerFilters[0]?.({ status: 200, headers: own }, exchangeOf(request("/", headers)));
    return answer?.headers ?? {};
  };
  const statusOf = async (asked: WorkerRequest) => {
    const result = await requestFilters[0]?.(asked, exchangeOf(asked));
    return result !== undefined && isAnswer(result) ? result.status : 200;
  };
  return { answered, statusOf, logged };
}

function withHeaders(asked: WorkerRequest, headers: Record<string, string>): WorkerRequest {
  return { ...asked, headers: { ...asked.headers, ...headers } };
}

const SECRET = { secret: "a secret of the tests" };
const POST = { ...request("/items"), method: "POST" };

test("a client gets its token as a cookie and a header, once, and proves with both that it is no other site's page", async () => {
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

test("a token that was made up, or signed with another secret, is none, even where both are the same", async () => {
  const { statusOf } = await guardedBy(SECRET);
  const elsewhere = String((await (await guardedBy({ secret: "another" })).answered())["x-csrf-token"]);
  const wrong = ["x", "é".repeat(34), `${"a".repeat(24)}.${"b".repeat(43)}`, elsewhere];
  for (const token of wrong) {
    expect(await statusOf(withHeaders(POST, { cookie: `_csrf=${token}`, "x-csrf-token": token }))).toBe(403);
  }
});

describe("the token is taken from", async () => {
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
    ["a form whose files were stored", { ...json({ _csrf: token }), headers: asForm }],
  ];
  test.each(ways)("%s", async (_, asked) => {
    expect(await statusOf(withHeaders(asked, { cookie }))).toBe(200);
  });

  test.each([
    ["JSON that is none", json('{"_csrf":')],
    ["a list", json([token])],
    ["an object", json({ _csrf: { token } })],
    [
      "a form without boundary",
      { ...POST, headers: { "content-type": "multipart/form-data" }, body: Buffer.from("--") },
    ],
  ])("and not from %s", async (_, asked) => {
    expect(await statusOf(withHeaders(asked, { cookie }))).toBe(403);
  });
});

test("trusted origins, exact and by expression, and ignored methods need none", async () => {
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

test("cookies are as they were configured, with a second one for scripts of the page", async () => {
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

test("what shared caches may keep gets no token", async () => {
  const { answered } = await guardedBy(SECRET);
  const own = { "cache-control": "public, max-age=60" };
  expect(await answered({}, own)).toEqual(own);
});

test("without a secret it makes one, and says so", async () => {
  const { answered, statusOf, logged } = await guardedBy({});
  const token = String((await answered())["x-csrf-token"]);
  expect(await statusOf(withHeaders(POST, { cookie: `_csrf=${token}`, "x-csrf-token": token }))).toBe(200);
  expect(logged).toMatchObject([{ guard: "csrf", msg: expect.stringContaining("no secret is set") }]);
});
