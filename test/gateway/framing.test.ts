import { describe, expect, test } from "vitest";
import { startUpstream } from "./proxy/harness.ts";
import { bodyOf, head, say, statusOf } from "./raw-http.ts";
import { PROXY, useGateway } from "./support.ts";

const startGateway = useGateway();
const GET = "GET /next HTTP/1.1\r\nhost: a\r\n\r\n";

/** A gateway before an upstream that answers with method, target and body. */
async function proxying(options = {}) {
  const asked: string[] = [];
  const upstream = await startUpstream(async (request, response) => {
    const body = (await request.toArray()).join("");
    asked.push(`${request.method} ${request.url} ${body}`);
    response.end(asked.at(-1));
  });
  const gateway = await startGateway({ proxy: { ...PROXY, upstreams: [upstream.url] }, ...options });
  return {
    gateway,
    /** What the upstream was asked by now: what was on its way to it has come before another request is answered. */
    asked: async () => {
      await say(gateway.port, head("GET /after HTTP/1.1", "host: a"));
      return asked.filter((request) => request !== "GET /after ");
    },
  };
}

describe("Transfer-Encoding", () => {
  test.each([
    ...["gzip", "identity", "gzip, chunked", "identity, chunked", "chunked, gzip", "chunked, chunked", "chunked,"],
    ...["xchunked", "chunked;q=1", '"chunked"', "chunked\r\nTransfer-Encoding: chunked", "", "deflate", "trailers"],
    "identity\r\nTransfer-Encoding: chunked",
  ])("%j is 501, and nothing after it is taken for a request", async (coding) => {
    const { gateway, asked } = await proxying();
    const post = `POST / HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n`;
    const answer = await say(gateway.port, post + GET);
    expect(statusOf(answer)).toBe(501);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(await asked()).toEqual([]);
  });

  test.each([
    ["beside Content-Length", "HTTP/1.1", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["before Content-Length", "HTTP/1.1", ["Transfer-Encoding: chunked", "Content-Length: 5"]],
    ["in HTTP/1.0", "HTTP/1.0", ["Transfer-Encoding: chunked"]],
    ["with a space before the colon", "HTTP/1.1", ["Transfer-Encoding : chunked"]],
    ["on a line of its own", "HTTP/1.1", ["Transfer-Encoding:", " chunked"]],
    ["behind a control character", "HTTP/1.1", ["Transfer-Encoding: \x0bchunked"]],
  ])("%s is 400, and nothing after it is taken for a request", async (_where, version, fields) => {
    const { gateway, asked } = await proxying();
    const post = ["POST / ".concat(version), "host: a", ...fields, "", "0", "", ""].join("\r\n");
    const answer = await say(gateway.port, post + GET);
    expect(statusOf(answer)).toBe(400);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(await asked()).toEqual([]);
  });

  test.each(["chunked", "Chunked", "CHUNKED"])("%s is read", async (coding) => {
    const { gateway } = await proxying();
    const post = head("POST /x HTTP/1.1", "host: a", `transfer-encoding: ${coding}`);
    expect(bodyOf(await say(gateway.port, `${post}3\r\nabc\r\n0\r\n\r\n`))).toBe("POST /x abc");
  });
});

describe("Content-Length", () => {
  test.each(["1, 1", "1\r\nContent-Length: 1", "1\r\nContent-Length: 2", "+1", "-1", "0x1", "1 ,", "", "1e0"])(
    "%j is 400",
    async (length) => {
      const { gateway, asked } = await proxying();
      const post = `POST / HTTP/1.1\r\nhost: a\r\nContent-Length: ${length}\r\n\r\nx`;
      const answer = await say(gateway.port, post + GET);
      expect(statusOf(answer)).toBe(400);
      expect(await asked()).toEqual([]);
    },
  );
});

test("what comes behind a request that is refused is not carried out", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const asked: string[] = [];
  void worker.answerAll(({ url }) => {
    asked.push(url);
    return url;
  });
  for (const refused of [head("GET / HTTP/1.1", "host: a/b"), "GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n"]) {
    const answer = await say(gateway.port, refused + GET + GET);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  }
  await gateway.ask("/after");
  expect(asked).toEqual(["/after"]);
});

describe("a version that is neither 1.0 nor 1.1 is 505", () => {
  test.each(["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0"])("%s", async (version) => {
    const { gateway, asked } = await proxying();
    expect(statusOf(await say(gateway.port, head(`GET / ${version}`, "host: a")))).toBe(505);
    expect(await asked()).toEqual([]);
  });
});

describe("Expect", () => {
  test.each(["nothing", "100-continue, nothing", "x-100-continue", "200-ok"])(
    "%s is 417, the last answer on its connection: the body may come or not",
    async (expectation) => {
      const { gateway, asked } = await proxying();
      const post = `POST / HTTP/1.1\r\nhost: a\r\nexpect: ${expectation}\r\ncontent-length: ${GET.length}\r\n\r\n${GET}`;
      const answer = await say(gateway.port, post + GET);
      expect(statusOf(answer)).toBe(417);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(await asked()).toEqual([]);
    },
  );

  test("of HTTP/1.0 is passed over", async () => {
    const { gateway } = await proxying();
    const post = "POST /x HTTP/1.0\r\nhost: a\r\nexpect: nothing\r\ncontent-length: 1\r\n\r\nb";
    expect(bodyOf(await say(gateway.port, post))).toBe("POST /x b");
  });

  test("an answer instead of the leave to send a body is the last on its connection", async () => {
    const { gateway, asked } = await proxying({ maxBody: 10 });
    const post = "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 11\r\n\r\n";
    const answer = await say(gateway.port, post + GET);
    expect(statusOf(answer)).toBe(413);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(await asked()).toEqual([]);
  });
});

describe("a change of protocol that is none is passed over", () => {
  test.each([
    ["by POST", "POST", "HTTP/1.1", "websocket"],
    ["by HTTP/1.0", "GET", "HTTP/1.0", "websocket"],
    ["to HTTP/2", "GET", "HTTP/1.1", "h2c"],
    ["to several protocols", "GET", "HTTP/1.1", "h2c, websocket"],
  ])("%s", async (_how, method, version, protocol) => {
    const { gateway, asked } = await proxying();
    const fields = ["host: a", "connection: upgrade, close", `upgrade: ${protocol}`];
    const answer = await say(gateway.port, `${method} /x ${version}\r\n${fields.join("\r\n")}\r\n\r\n`);
    expect(statusOf(answer)).toBe(200);
    expect(await asked()).toEqual([`${method} /x `]);
  });
});

describe("TE", () => {
  test("is the client's wish of its own connection: no upstream hears of it", async () => {
    const upstream = await startUpstream(({ headers }, response) => response.end(String(headers.te)));
    const gateway = await startGateway({ proxy: { ...PROXY, upstreams: [upstream.url] } });
    const answer = await say(gateway.port, head("GET / HTTP/1.1", "host: a", "te: gzip;q=1, trailers"));
    expect(bodyOf(answer)).toBe("undefined");
  });
});

describe("CONNECT", () => {
  test("is 405, and what follows is no request", async () => {
    const { gateway, asked } = await proxying({ accessLog: true });
    const answer = await say(gateway.port, `CONNECT a.example:443 HTTP/1.1\r\nhost: a.example:443\r\n\r\n${GET}`);
    expect(statusOf(answer)).toBe(405);
    expect(answer).toMatch(/\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n/);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(await asked()).toEqual([]);
    await expect
      .poll(() => gateway.log.filter(({ msg, path }) => msg === "request" && path !== "/after"))
      .toMatchObject([{ method: "CONNECT", host: "a.example:443", status: 405 }]);
  });
});

describe("OPTIONS *", () => {
  test("is about the server as a whole: no upstream is asked", async () => {
    const upstream = await startUpstream((_request, response) => response.end("asked"));
    const gateway = await startGateway({ proxy: { ...PROXY, upstreams: [upstream.url] } });
    const answer = await say(gateway.port, head("OPTIONS * HTTP/1.1", "host: a"));
    expect(statusOf(answer)).toBe(204);
    expect(answer).toMatch(/^allow: GET, HEAD, /im);
  });
});

describe("TRACE", () => {
  const SECRETS = ["Cookie: a=1", "AUTHORIZATION: Basic eDp5", "Proxy-Authorization: Basic eDp5", "X-Api-Key: k"];
  const trace = head("TRACE /a?b HTTP/1.1", "Host: a", "X-Kept: 1", ...SECRETS, "X-Csrf-Token: t", "x-kept: 2");

  test("is 405 unless it is allowed", async () => {
    const { gateway, asked } = await proxying();
    const answer = await say(gateway.port, trace);
    expect(statusOf(answer)).toBe(405);
    expect(answer).toMatch(/\r\nallow: GET/);
    expect(await asked()).toEqual([]);
  });

  test("that is allowed is answered with the request, without what is secret, and goes no further", async () => {
    const { gateway, asked } = await proxying({ allowTrace: true });
    const answer = await say(gateway.port, trace);
    expect(statusOf(answer)).toBe(200);
    expect(answer).toMatch(/\r\ncontent-type: message\/http\r\n/);
    expect(bodyOf(answer)).toBe(
      "TRACE /a?b HTTP/1.1\r\nHost: a\r\nX-Kept: 1\r\nx-kept: 2\r\nconnection: close\r\n\r\n",
    );
    expect(await asked()).toEqual([]);
  });

  test("with a body is 400", async () => {
    const { gateway } = await proxying({ allowTrace: true });
    const answer = await say(gateway.port, `${head("TRACE / HTTP/1.1", "host: a", "content-length: 1")}x`);
    expect(statusOf(answer)).toBe(400);
  });
});

describe("behind a request that is still to be answered", () => {
  const SLOW = "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";

  test("a wish for WebSocket is passed over: both are answered in turn", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker({ id: "0", streams: true });
    const wish = head("GET /socket HTTP/1.1", "host: a", "connection: upgrade", "upgrade: websocket");
    const answers = say(gateway.port, SLOW + wish);
    const [slow, socket] = [await worker.asked(), await worker.asked()];
    expect(socket).not.toHaveProperty("upgrade");
    worker.answer(socket, "second");
    worker.answer(slow, "first");
    expect(await answers).toMatch(/^HTTP\/1\.1 200 .*first.*HTTP\/1\.1 200 .*second$/s);
  });

  test("CONNECT ends the connection, and nothing of it is left", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answer = say(gateway.port, `${SLOW}CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n`);
    await worker.asked();
    expect(await answer.catch(() => "")).toBe("");
    const status = async () => JSON.parse((await gateway.ask("/_xypriss/b/status")).body).requests_in_flight;
    await expect.poll(status).toBe(1);
    expect(gateway.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});

describe("what comes behind a whole request and is none", () => {
  test.each([
    ["garbage", "garbage\r\n\r\n"],
    ["another one, though it was to be the last", GET],
  ])("%s: the whole one is answered, and the connection closed", async (_what, more) => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const last = more === GET ? "connection: close\r\n" : "";
    const answer = say(gateway.port, `GET /whole HTTP/1.1\r\nhost: a\r\n${last}\r\n${more}`);
    worker.answer(await worker.asked(), "whole");
    expect(statusOf(await answer)).toBe(200);
    expect(bodyOf(await answer)).toBe("whole");
  });
});
