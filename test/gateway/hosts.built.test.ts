import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { startUpstream } from "./proxy/harness.ts";
import { bodyOf, head, isRefusedByHttp2, say, statusOf } from "./raw-http.ts";
import { PROXY, useGateway } from "./support.ts";

const startGateway = useGateway();

/** A gateway with a worker that answers with the Host it received; `asked` is the number of its requests. */
async function telling() {
  const gateway = await startGateway();
  let asked = 0;
  const worker = await gateway.worker();
  void worker.answerAll(({ headers }) => {
    asked += 1;
    return String(headers.host);
  });
  return { gateway, asked: () => asked };
}

describe("a request is refused with 400, and reaches no worker, if", () => {
  test.each([
    ["it has two different Host headers", ["GET / HTTP/1.1", "Host: a", "Host: b"]],
    ["it has two equal Host headers", ["GET / HTTP/1.1", "Host: a", "hOST: a"]],
    ["it has two Host headers and an absolute URL", ["GET http://a/ HTTP/1.1", "Host: a", "Host: b"]],
    ["it has no Host", ["GET / HTTP/1.1"]],
    ["it has an absolute URL and no Host", ["GET http://a/ HTTP/1.1"]],
    ["the absolute URL has no host", ["GET http:///x HTTP/1.1", "Host: a"]],
    ["the absolute URL has a user", ["GET http://user@a/ HTTP/1.1", "Host: a"]],
    ["the absolute URL has an unsupported scheme", ["GET ftp://a/ HTTP/1.1", "Host: a"]],
    ["Host is invalid, although the absolute URL is valid", ["GET http://a/ HTTP/1.1", "Host: a/b"]],
    ["the target is not a path", ["GET x HTTP/1.1", "Host: a"]],
    ["* is not requested with OPTIONS", ["GET * HTTP/1.1", "Host: a"]],
    ["CONNECT has no host", ["CONNECT /x HTTP/1.1", "Host: a"]],
    ["HTTP/1.0 has two Host headers", ["GET / HTTP/1.0", "Host: a", "Host: b"]],
  ])("%s", async (_what, [line = "", ...fields]) => {
    const { gateway, asked } = await telling();
    const answer = await say(gateway.port, head(line, ...fields));
    expect(statusOf(answer)).toBe(400);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(bodyOf(answer)).toMatch(/^\{"error":"Bad Request: .*"\}$/);
    expect(asked()).toBe(0);
  });

  test.each([
    ...[
      "",
      "a b",
      "a/b",
      "a\\b",
      "a?b",
      "a#b",
      "user@a",
      "a,b",
      "a\tb",
      '"a"',
      "<a>",
      "a%zz",
      "a%2",
      "é",
      "a|b",
      "a^b",
    ],
    ...["a:b", "a:80:80", "a:65536", "a:-1", "a: 80", ":80", "[::1", "::1", "[::1]x", "[12]", "[::g]", "[a.example]"],
    ...["a;b c", "a`b", "http://a", "x".repeat(256)],
  ])("Host is %j", async (host) => {
    const { gateway, asked } = await telling();
    expect(statusOf(await say(gateway.port, head("GET / HTTP/1.1", `Host: ${host}`)))).toBe(400);
    if (!/[\s#?/]|^$/.test(host)) {
      expect(statusOf(await say(gateway.port, head(`GET http://${host}/ HTTP/1.1`, "Host: a")))).toBe(400);
    }
    expect(asked()).toBe(0);
  });
});

describe("the worker receives as Host", () => {
  test.each([
    ...["a", "A.example", "a.example.", "a.example:8080", "a:", "127.0.0.1:1", "[::1]", "[2001:DB8::7]:443", "my_host"],
    ...["xn--bcher-kva.example", "a%20b", "a~b", "x".repeat(255)],
  ])("%j unchanged, from Host and from an absolute URL", async (host) => {
    const { gateway } = await telling();
    expect(bodyOf(await say(gateway.port, head("GET / HTTP/1.1", `Host: ${host}`)))).toBe(host);
    expect(bodyOf(await say(gateway.port, head(`GET http://${host} HTTP/1.1`, "Host: other")))).toBe(host);
    expect(bodyOf(await say(gateway.port, head(`GET HTTP://${host}?a HTTP/1.0`)))).toBe(host);
  });

  test("nothing if an HTTP/1.0 request has none", async () => {
    const { gateway } = await telling();
    expect(bodyOf(await say(gateway.port, head("GET / HTTP/1.0")))).toBe("undefined");
  });

  test.each([
    ["the authority of HTTP/2", { ":authority": "a.example" }, "a.example"],
    ["Host if HTTP/2 has no authority", { ":authority": undefined, host: "a.example" }, "a.example"],
    ["the authority, if Host is the same", { ":authority": "A.example:80", host: "a.EXAMPLE" }, "A.example:80"],
  ])("%s", async (_what, fields, host) => {
    const { gateway } = await telling();
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    const pairs = Object.entries({ ":method": "GET", ":scheme": "http", ":path": "/", ...fields });
    const stream = session.request(Object.fromEntries(pairs.filter(([, value]) => value !== undefined)));
    expect(await text(stream)).toBe(host);
    session.destroy(); // a stream that is still open would get the reset of the ended gateway
  });
});

describe("an HTTP/2 request is refused if", () => {
  const GET = [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
  ] as const;

  test.each([
    ["Host differs from the authority", [":authority", "a.example"], ["host", "b.example"]],
    ["Host has another port than the authority", [":authority", "a.example"], ["host", "a.example:8080"]],
    ["there are two Host headers", [":authority", "a.example"], ["host", "a.example"], ["host", "a.example"]],
    ["there is neither"],
    ["Host is invalid", ["host", "a b"]],
    ["the authority has a comma", [":authority", "a,b"]],
    ["it has Transfer-Encoding", [":authority", "a"], ["transfer-encoding", "chunked"]],
    ["TE requests a coding", [":authority", "a"], ["te", "gzip"]],
  ] as [string, ...[string, string][]][])("%s", async (_what, ...fields) => {
    const { gateway, asked } = await telling();
    expect(await isRefusedByHttp2(gateway.port, [...GET, ...fields])).toBe(true);
    expect(asked()).toBe(0);
    expect(await isRefusedByHttp2(gateway.port, [...GET, [":authority", "a"]])).toBe(false);
  });

  test("the request is CONNECT or TRACE, with 405", async () => {
    const { gateway, asked } = await telling();
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    for (const headers of [{ ":method": "CONNECT", ":authority": "a:1" }, { ":method": "TRACE" }]) {
      const [answer] = await once(session.request(headers), "response");
      expect(answer).toMatchObject({ ":status": 405, allow: expect.stringContaining("GET") });
    }
    expect(asked()).toBe(0);
    session.destroy(); // a stream that is still open would get the reset of the ended gateway
  });
});

test("over HTTP/2 an unknown expectation is answered with 417, and 100-continue, in any case, with 100", async () => {
  const { gateway } = await telling();
  const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
  const [refused] = await once(session.request({ expect: "nothing" }), "response");
  expect(refused).toMatchObject({ ":status": 417 });
  for (const expectation of ["100-continue", "100-Continue"]) {
    const stream = session.request({ ":method": "POST", ":authority": "a.example", expect: expectation });
    await once(stream, "continue");
    stream.end("body");
    expect(await text(stream)).toBe("a.example");
  }
  session.destroy(); // a stream that is still open would get the reset of the ended gateway
});

test("the upstream and the access log receive the same host", async () => {
  const upstream = await startUpstream(({ headers }, response) => response.end(JSON.stringify(headers)));
  const gateway = await startGateway({ accessLog: true, proxy: { ...PROXY, upstreams: [upstream.url] } });
  const answer = await say(gateway.port, head("GET http://true.example/a HTTP/1.1", "Host: false.example"));
  expect(JSON.parse(bodyOf(answer))).toMatchObject({ host: "true.example", "x-forwarded-host": "true.example" });
  await say(gateway.port, head("GET /b HTTP/1.1", "Host: a", "Host: b"));
  await expect
    .poll(() => gateway.log.filter(({ msg }) => msg === "request"))
    .toMatchObject([
      { host: "true.example", path: "/a", status: 200 },
      { status: 400, route: "(gateway)" },
    ]);
  expect(upstream.requests()).toBe(1);
});
