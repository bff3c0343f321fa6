import { expect, test, vi } from "vitest";
import { useGateway } from "../support.ts";

const startGateway = useGateway();
const BLOCKING = { blockOnDetection: true };
const GUARDS = {
  helmet: {},
  hpp: {},
  xss: BLOCKING,
  xxe: BLOCKING,
  sqlInjection: BLOCKING,
  commandInjection: BLOCKING,
  pathTraversal: BLOCKING,
  ldapInjection: BLOCKING,
};
const CONVERSION = {
  xmlToJson: true,
  attributePrefix: "@",
  textKey: "#text",
  maxSize: 1_000_000,
  autoReply: true,
  strict: true,
  sniff: false,
};
const POST = { method: "POST", headers: { "content-type": "application/json" } };

test("a gateway with every guard answers ordinary requests, and its workers receive no attack", async () => {
  const gateway = await startGateway({ guards: GUARDS });
  const seen: string[] = [];
  const worker = await gateway.worker();
  void worker.answerAll(({ method, url }) => {
    seen.push(`${method} ${url}`);
    return "{}";
  });
  const ordinary = await gateway.ask("/items?sort=a&sort=name&q=O%27Brien");
  expect(ordinary).toMatchObject({ status: 200, headers: { "x-frame-options": "SAMEORIGIN" } });
  expect((await gateway.ask("/items", { ...POST, body: '{"text":"it\'s; fine & <b>bold</b>"}' })).status).toBe(200);

  const attacks = [
    gateway.ask("/items?q=%3Cscript%3Ealert(1)%3C/script%3E"),
    gateway.ask("/items?id=1%20or%201=1"),
    gateway.ask("/static/..%2f..%2fetc/passwd"),
    gateway.ask("/items", { ...POST, body: '{"host":"8.8.8.8; cat /etc/passwd"}' }),
    gateway.ask("/items", { ...POST, body: '{"user":"*)(uid=*"}' }),
    gateway.ask("/items", {
      ...POST,
      headers: { "content-type": "text/xml" },
      body: '<!DOCTYPE a [<!ENTITY b "c">]><a/>',
    }),
  ];
  for (const { status, headers, body } of await Promise.all(attacks)) {
    expect({ status, type: headers["content-type"] }).toEqual({ status: 403, type: "application/json; charset=utf-8" });
    expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
    expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
  }
  expect(seen).toEqual(["GET /items?sort=name&q=O%27Brien", "POST /items"]);
});

test("a client can post with the token of its cookie and response header", async () => {
  const gateway = await startGateway({ guards: { csrf: { secret: "a secret of the tests" } } });
  void (await gateway.worker()).answerAll(() => "done");
  const { headers } = await gateway.ask("/");
  const [cookie = ""] = headers["set-cookie"] ?? [];
  const token = String(headers["x-csrf-token"]);
  expect(await gateway.ask("/", { method: "POST", headers: { cookie } })).toMatchObject({ status: 403 });
  const withToken = { cookie: cookie.split(";")[0], "x-csrf-token": token };
  expect(await gateway.ask("/", { method: "POST", headers: withToken })).toMatchObject({ status: 200, body: "done" });
});

test("a worker can put a new client's token into a form that the client then sends", async () => {
  const gateway = await startGateway({ guards: { csrf: { secret: "a secret of the tests" } } });
  void (await gateway.worker()).answerAll(({ headers }) => headers["x-csrf-token"]);
  const { headers, body: token } = await gateway.ask("/form");
  expect(headers["x-csrf-token"]).toBe(token);
  const cookie = String(headers["set-cookie"]).split(";")[0];
  const form = { "content-type": "application/x-www-form-urlencoded", cookie };
  const posted = await gateway.ask("/form", { method: "POST", headers: form, body: `_csrf=${token}` });
  expect(posted).toMatchObject({ status: 200, body: token });
});

test("an attack in XML is detected in the converted JSON, and valid XML is answered in XML", async () => {
  const gateway = await startGateway({ guards: GUARDS, conversion: CONVERSION });
  const worker = await gateway.worker();
  const asXml = (body: string) => gateway.ask("/", { ...POST, headers: { "content-type": "application/xml" }, body });
  expect((await asXml("<a>&lt;script>alert(1)&lt;/script></a>")).status).toBe(403);
  expect((await asXml("<a>")).status).toBe(400);

  const answered = asXml('<a b="1">x</a>');
  const asked = await worker.asked();
  expect(asked.headers).toMatchObject({ "content-type": "application/json", "x-xhsc-origin-format": "xml" });
  const body = Buffer.from(asked.body, "base64").toString();
  expect(asked.headers["content-length"]).toBe(String(body.length));
  worker.answer(asked, body, { headers: { "content-type": "application/json" } });
  expect(await answered).toMatchObject({
    status: 200,
    headers: { "content-type": "application/xml; charset=utf-8" },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n<a b="1">x</a>',
  });
});

test("a worker's JSON is masked before it is compressed", async () => {
  const gateway = await startGateway({
    guards: { responseManipulation: { rules: [{ field: "ssn", replacement: "***-", preserve: 4 }] } },
    compression: { algorithms: ["gzip"], level: 4, threshold: 0, types: [] },
  });
  const worker = await gateway.worker();
  const answered = gateway.ask("/");
  worker.answer(await worker.asked(), '{"ssn":"123-45-6789"}', { headers: { "content-type": "application/json" } });
  expect((await answered).body).toBe('{"ssn":"123-***-"}');
});

test("a delayed request whose client disconnects is not sent to a worker", async () => {
  const slowdown = { delayAfter: 1, delayMs: 60_000, maxDelayMs: 60_000 };
  const gateway = await startGateway({ guards: { slowdown }, trustProxy: ["loopback"], accessLog: true });
  const seen: string[] = [];
  void (await gateway.worker()).answerAll(({ url }) => {
    seen.push(url);
    return "";
  });
  await gateway.ask("/first");
  const leaving = new AbortController();
  const second = gateway.ask("/second", { signal: leaving.signal });
  await gateway.ask("/third", { headers: { "x-forwarded-for": "192.0.2.7" } });
  leaving.abort();
  await expect(second).rejects.toThrow("aborted");
  await vi.waitFor(() => expect(JSON.stringify(gateway.log)).toContain("/second"), 60_000);
  await gateway.ask("/fourth", { headers: { "x-forwarded-for": "192.0.2.8" } });
  expect(seen).toEqual(["/first", "/third", "/fourth"]);
});
