import { describe, expect, test } from "vitest";
import { startUpstream } from "./proxy/harness.ts";
import { bodyOf, head, say, statusOf } from "./raw-http.ts";
import { PROXY, useGateway } from "./support.ts";

const startGateway = useGateway();
const GET = "GET /next HTTP/1.1\r\nhost: a\r\n\r\n";

/** A gateway with an upstream that answers with method, target and body. */
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
    /** Requests the upstream has received so far. A further request ensures that earlier ones have arrived. */
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
  ])("%j is answered with 501, and what follows is not parsed", async (coding) => {
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
  ])("%s is answered with 400, and what follows is not parsed", async (_where, version, fields) => {
    const { gateway, asked } = await proxying();
    const post = ["POST / ".concat(version), "host: a", ...fields, "", "0", "", ""].join("\r\n");
    const answer = await say(gateway.port, post + GET);
    expect(statusOf(answer)).toBe(400);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(await asked()).toEqual([]);
  });

  test.each(["chunked", "Chunked", "CHUNKED"])("%s is accepted", async (coding) => {
    const { gateway } = await proxying();
    const post = head("POST /x HTTP/1.1", "host: a", `transfer-encoding: ${coding}`);
    expect(bodyOf(await say(gateway.port, `${post}3\r\nabc\r\n0\r\n\r\n`))).toBe("POST /x abc");
  });
});

describe("Content-Length", () => {
  test.each(["1, 1", "1\r\nContent-Length: 1", "1\r\nContent-Length: 2", "+1", "-1", "0x1", "1 ,", "", "1e0"])(
    "%j is answered with 400",
    async (length) => {
      const { gateway, asked } = await proxying();
      const post = `POST / HTTP/1.1\r\nhost: a\r\nContent-Length: ${length}\r\n\r\nx`;
      const answer = await say(gateway.port, post + GET);
      expect(statusOf(answer)).toBe(400);
      expect(await asked()).toEqual([]);
    },
  );
});

test("a request after a refused one is not processed", async () => {
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

describe("a version other than 1.0 and 1.1 is answered with 505", () => {
  test.each(["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0"])("%s", async (version) => {
    const { gateway, asked } = await proxying();
    expect(statusOf(await say(gateway.port, head(`GET / ${version}`, "host: a")))).toBe(505);
    expect(await asked()).toEqual([]);
  });
});

describe("Expect", () => {
  test.each(["nothing", "100-continue, nothing", "x-100-continue", "200-ok"])(
    "%s is answered with 417 and the connection is closed, as the body may follow or not",
    async (expectation) => {
      const { gateway, asked } = await proxying();
      const post = `POST / HTTP/1.1\r\nhost: a\r\nexpect: ${expectation}\r\ncontent-length: ${GET.length}\r\n\r\n${GET}`;
      const answer = await say(gateway.port, post + GET);
      expect(statusOf(answer)).toBe(417);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(await asked()).toEqual([]);
    },
  );

  test("is ignored in HTTP/1.0", async () => {
    const { gateway } = await proxying();
    const post = "POST /x HTTP/1.0\r\nhost: a\r\nexpect: nothing\r\ncontent-length: 1\r\n\r\nb";
    expect(bodyOf(await say(gateway.port, post))).toBe("POST /x b");
  });

  test("a final response instead of 100 closes the connection", async () => {
    const { gateway, asked } = await proxying({ maxBody: 10 });
    const post = "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 11\r\n\r\n";
    const answer = await say(gateway.port, post + GET);
    expect(statusOf(answer)).toBe(413);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(await asked()).toEqual([]);
  });
});

describe("an invalid upgrade is ignored", () => {
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
  test("applies only to the client's connection and is not forwarded", async () => {
    const upstream = await startUpstream(({ headers }, response) => response.end(String(headers.te)));
    const gateway = await startGateway({ proxy: { ...PROXY, upstreams: [upstream.url] } });
    const answer = await say(gateway.port, head("GET / HTTP/1.1", "host: a", "te: gzip;q=1, trailers"));
    expect(bodyOf(answer)).toBe("undefined");
  });
});

describe("CONNECT", () => {
  test("is answered with 405, and what follows is not parsed", async () => {
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
  test("is answered by the gateway, not by an upstream", async () => {
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

  test("is answered with 405 unless it is allowed", async () => {
    const { gateway, asked } = await proxying();
    const answer = await say(gateway.port, trace);
    expect(statusOf(answer)).toBe(405);
    expect(answer).toMatch(/\r\nallow: GET/);
    expect(await asked()).toEqual([]);
  });

  test("is answered with the request, without secret headers, and not forwarded", async () => {
    const { gateway, asked } = await proxying({ allowTrace: true });
    const answer = await say(gateway.port, trace);
    expect(statusOf(answer)).toBe(200);
    expect(answer).toMatch(/\r\ncontent-type: message\/http\r\n/);
    expect(bodyOf(answer)).toBe(
      "TRACE /a?b HTTP/1.1\r\nHost: a\r\nX-Kept: 1\r\nx-kept: 2\r\nconnection: close\r\n\r\n",
    );
    expect(await asked()).toEqual([]);
  });

  test("with a body is answered with 400", async () => {
    const { gateway } = await proxying({ allowTrace: true });
    const answer = await say(gateway.port, `${head("TRACE / HTTP/1.1", "host: a", "content-length: 1")}x`);
    expect(statusOf(answer)).toBe(400);
  });
});

describe("after a request that is not yet answered", () => {
  const SLOW = "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";

  test("an upgrade is ignored, and both requests are answered in order", async () => {
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

  test("CONNECT closes the connection, and no request remains in flight", async () => {
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

describe("after a complete request", () => {
  test.each([
    ["garbage", "garbage\r\n\r\n"],
    ["a request after Connection: close", GET],
  ])("%s is not processed: the request is answered, and the connection closed", async (_what, more) => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const last = more === GET ? "connection: close\r\n" : "";
    const answer = say(gateway.port, `GET /whole HTTP/1.1\r\nhost: a\r\n${last}\r\n${more}`);
    worker.answer(await worker.asked(), "whole");
    expect(statusOf(await answer)).toBe(200);
    expect(bodyOf(await answer)).toBe("whole");
  });
});
