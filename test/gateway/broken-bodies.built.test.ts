import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { useSandbox } from "../support/sandbox.ts";
import { startUpstream } from "./proxy/harness.ts";
import { bodyOf, say, statusOf } from "./raw-http.ts";
import { PROXY, type TestGateway, useGateway } from "./support.ts";

const startGateway = useGateway();
const sandbox = useSandbox();

const FORM = "multipart/form-data; boundary=x";
const PART = '--x\r\ncontent-disposition: form-data; name="f"; filename="f.txt"\r\n\r\ncontents';

function post(path: string, type = "text/plain", ...fields: readonly string[]): string {
  const lines = [`POST ${path} HTTP/1.1`, "host: a", `content-type: ${type}`, "transfer-encoding: chunked", ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** For each recipient of a body: starts a gateway with it; then the content type and the first bytes of the body. */
const PLACES: Record<string, readonly [start: () => Promise<TestGateway>, type?: string, beginning?: string]> = {
  "an upstream": [withUpstream],
  "a worker that takes bodies whole": [() => withWorker({ id: "0" })],
  "a worker that takes them as they come": [() => withWorker({ id: "0", streams: true })],
  "an upload": [() => withWorker({ id: "0" }, { uploads: uploads() }), FORM, PART],
  "a conversion": [() => withWorker({ id: "0" }, { conversion: CONVERSION }), "application/xml", "<a><b>1</b>"],
  guards: [
    () => withWorker({ id: "0" }, { guards: { xss: { blockOnDetection: true }, hpp: {}, csrf: { secret: "s" } } }),
    "application/x-www-form-urlencoded",
    "a=1&",
  ],
  "nobody, as no worker is ready": [() => startGateway()],
  "a queue": [
    async () => {
      const concurrency = { max: 1, maxPerClient: 0, maxQueue: 0, queueTimeout: 30_000 };
      const gateway = await startGateway({ concurrency });
      const worker = await gateway.worker();
      void gateway.ask("/holds-the-place").catch(() => {});
      await worker.asked();
      return gateway;
    },
  ],
};

const CONVERSION = {
  ...{ xmlToJson: true, attributePrefix: "@", textKey: "#text", maxSize: 100_000 },
  ...{ autoReply: true, strict: true, sniff: true },
};

function uploads() {
  const folder = sandbox.path("uploads");
  const tempFolder = sandbox.path("temp");
  return { folder, tempFolder, useTempFiles: true, maxFileSize: 0, maxFiles: 0, allowedTypes: [], useSubfolder: false };
}

async function withWorker(registration: object, options = {}): Promise<TestGateway> {
  const gateway = await startGateway(options);
  await gateway.worker(registration);
  return gateway;
}

async function withUpstream(): Promise<TestGateway> {
  const upstream = await startUpstream((request) => request.on("error", () => {}).resume());
  return startGateway({ proxy: { ...PROXY, upstreams: [upstream.url] } });
}

function warnings(gateway: TestGateway) {
  return gateway.log.filter(({ level }) => Number(level) >= 40);
}

async function inFlight(gateway: TestGateway): Promise<number> {
  return JSON.parse((await gateway.ask("/_xypriss/b/status")).body).requests_in_flight;
}

describe("a body with a malformed chunk is answered with 400 and logged once, if it goes to", () => {
  describe.each(Object.entries(PLACES))("%s", (place, [start, type, beginning = "some"]) => {
    const held = place === "a queue" ? 1 : 0;

    test("and comes in the same packet as the header", async () => {
      const gateway = await start();
      const answer = await say(gateway.port, `${post("/a", type)}zz\r\n`);
      expect(statusOf(answer)).toBe(400);
      expect(bodyOf(answer)).toBe('{"error":"Bad Request: Invalid character in chunk size"}');
      await tellsOnce(gateway);
    });

    test("and follows a valid chunk", async () => {
      const gateway = await start();
      const socket = connect({ port: gateway.port, host: "127.0.0.1" });
      socket.write(post("/a", type) + chunk(beginning));
      await expect.poll(() => inFlight(gateway)).toBe(2 + held);
      socket.write("zz\r\n");
      expect(statusOf(await text(socket))).toBe(400);
      await tellsOnce(gateway);
    });

    test("and follows more than is sent along with a request to a worker, if the body is read", async () => {
      const gateway = await start();
      const isRead = place !== "a queue" && !place.startsWith("nobody");
      const more = chunk("x".repeat(isRead ? 200_000 : 100));
      const answer = await say(gateway.port, `${post("/a", type)}${chunk(beginning)}${more}zz\r\n`);
      expect(statusOf(answer)).toBe(400);
      await tellsOnce(gateway);
    });

    async function tellsOnce(gateway: TestGateway): Promise<void> {
      await expect.poll(() => inFlight(gateway)).toBe(1 + held);
      await expect
        .poll(() => warnings(gateway))
        .toMatchObject([
          { level: 40, status: 400, method: "POST", path: "/a", client: "127.0.0.1", reason: expect.any(String) },
        ]);
    }
  });
});

test("a malformed body after an early response closes the connection, without a second response", async () => {
  const gateway = await startGateway();
  const answer = await say(gateway.port, `${post("/_xypriss/b/health")}zz\r\n`);
  expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  expect(warnings(gateway).filter(({ level }) => level === 50)).toEqual([]);
});

test("a thousand malformed bodies are logged only a few times", async () => {
  const gateway = await withUpstream();
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 50 }, () => say(gateway.port, `${post("/a")}zz\r\n`)));
  }
  expect(warnings(gateway).length).toBeLessThan(20); // one per 10 s
});

test("a body that arrives too slowly is answered with 408", async () => {
  const { BrokenConnections } = await import("../../internal/gateway/listener/broken-connection.ts");
  const told: unknown[] = [];
  const connections = new BrokenConnections((_response, { status }) => told.push(status));
  const error = Object.assign(new Error("Request timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
  const response = { req: { complete: false }, headersSent: false };
  connections.take(error, { writable: true } as never, response as never);
  expect(told).toEqual([408]);
});
