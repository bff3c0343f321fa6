import { randomBytes } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, createGunzip, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createCompression } from "../../../internal/gateway/compression/compression.ts";
import type { Answer } from "../../../internal/gateway/exchange/answer.ts";
import type { CompressionOptions } from "../../../internal/gateway/options.ts";
import type { Headers } from "../../../protocol/wire/worker.ts";
import { fakeExchange } from "../fake-exchange.ts";

const ALL = ["zstd", "br", "gzip", "deflate"];
const BROWSER = "gzip, deflate, br, zstd";
const TEXT = Buffer.from("All work and no play makes Jack a dull boy. ".repeat(60));

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  zstd: zstdDecompressSync,
  br: brotliDecompressSync,
  gzip: gunzipSync,
  deflate: inflateSync, // in the zlib format
};

interface Case {
  readonly options?: Partial<CompressionOptions>;
  /** Accept-Encoding; null for no such header. */
  readonly accept?: string | null;
  readonly method?: string;
  readonly status?: number;
  readonly headers?: Headers;
  readonly body?: Answer["body"];
}

function compressed({ options, accept = BROWSER, method = "GET", status = 200, headers, body = TEXT }: Case = {}) {
  const filter = createCompression({ algorithms: ALL, level: 4, threshold: 1_024, types: [], ...options });
  const exchange = fakeExchange({ method, headers: accept === null ? {} : { "accept-encoding": accept } });
  const answer: Answer = { status, headers: { "content-type": "text/html; charset=utf-8", ...headers }, body };
  return filter(answer, exchange);
}

async function bytesOf({ body }: Answer): Promise<Buffer> {
  return body instanceof Readable ? buffer(body) : Buffer.from(body ?? "");
}

/** The body, decoded as a client does. */
async function decoded(answer: Answer): Promise<Buffer> {
  const decode = DECODERS[String(answer.headers["content-encoding"])];
  if (decode === undefined) throw new Error("the answer is not compressed");
  return decode(await bytesOf(answer));
}

describe("the algorithm", () => {
  test.each(ALL)("%s makes a body smaller, buffered or streamed, at every size and level", async (algorithm) => {
    for (const level of [-1, 4, 12]) {
      for (const body of [TEXT, Buffer.concat([TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT])]) {
        const options = { algorithms: [algorithm], level };
        const answer = await compressed({ options, accept: algorithm, body });
        expect(answer.headers["content-encoding"]).toBe(algorithm);
        expect((await bytesOf(answer)).length).toBeLessThan(body.length / 5);
        expect((await decoded(answer)).equals(body)).toBe(true);
        const streamed = await compressed({ options, accept: algorithm, body: Readable.from([body, body]) });
        expect((await decoded(streamed)).equals(Buffer.concat([body, body]))).toBe(true);
      }
    }
  });

  test.each([
    [BROWSER, "zstd"],
    ["deflate, gzip, br", "br"],
    ["gzip, deflate", "gzip"],
    ["GZIP", "gzip"],
    ["gzip;q=0.9, br;q=0.8, zstd;q=0.1", "gzip"],
    ["*", "zstd"],
    ["zstd;q=0, *", "br"],
    ["*;q=0, gzip", "gzip"],
    ["identity;q=0, gzip;q=0.1", "gzip"],
    ["identity;q=0", undefined],
    ["identity, gzip;q=0.5", undefined],
    ["*;q=0", undefined],
    ["identity;q=0, *;q=0", undefined],
    ["gzip;q=0", undefined],
    ["snappy", undefined],
    ["", undefined],
    [";;,=q,gzip;q=x", undefined],
    [null, undefined],
  ])("for Accept-Encoding %j is %s", async (accept, coding) => {
    const answer = await compressed({ accept });
    expect(answer.headers["content-encoding"]).toBe(coding);
    if (coding === undefined) expect(answer.body).toBe(TEXT);
  });

  test("is one of those that are enabled", async () => {
    const { headers } = await compressed({ options: { algorithms: ["deflate", "gzip"] } });
    expect(headers["content-encoding"]).toBe("gzip");
  });

  test("must be known, or the start fails", () => {
    const start = () => createCompression({ algorithms: ["gzip", "lzma"], level: 4, threshold: 0, types: [] });
    expect(start).toThrow(
      expect.objectContaining({ code: "INVALID_PARAMS", message: expect.stringContaining("lzma") }),
    );
  });
});

describe("a response is not changed if it is", () => {
  test.each<[string, Case]>([
    ["below the threshold", { body: TEXT.subarray(0, 1_023) }],
    ["without a body", { body: undefined, status: 204 }],
    ["already encoded", { headers: { "content-encoding": "gzip" } }],
    ["marked no-transform", { headers: { "cache-control": "public, no-transform" } }],
    ["a partial response", { status: 206 }],
    ["a 304", { status: 304 }],
    ["an image", { headers: { "content-type": "image/png" } }],
    ["of a type that is not listed", { options: { types: ["application/json"] } }],
    ["without a type", { headers: { "content-type": [] } }],
  ])("%s", async (_name, { body = TEXT, ...asked }) => {
    const { headers = {} } = asked;
    const answer = await compressed({ body, ...asked });
    expect(answer.body).toBe(asked.status === 204 ? answer.body : body);
    expect(answer.headers["content-encoding"]).toBe(headers["content-encoding"]);
    expect(answer.headers.vary).toBeUndefined();
  });

  test("not made smaller by compression; then only Vary is set", async () => {
    const body = randomBytes(5_000);
    const answer = await compressed({ body });
    expect(answer.body).toBe(body);
    expect(answer.headers).toMatchObject({ vary: "Accept-Encoding" });
    expect(answer.headers["content-encoding"]).toBeUndefined();
  });

  test("a response to HEAD below the threshold", async () => {
    const asked = { method: "HEAD", body: undefined, headers: { "content-length": "1023" } };
    const { headers } = await compressed(asked);
    expect([headers["content-length"], headers.vary]).toEqual(["1023", undefined]);
  });
});

describe("a response to HEAD", () => {
  test.each<[string, Case["body"]]>([
    ["that the worker answered as GET", TEXT],
    ["that the worker answered as HEAD", undefined],
    ["with an empty body", Buffer.alloc(0)],
  ])("%s has no Content-Length if GET is compressed", async (_name, body) => {
    const filter = createCompression({ algorithms: ALL, level: 4, threshold: 1_024, types: [] });
    const exchange = fakeExchange({ method: "HEAD", headers: { "accept-encoding": BROWSER } });
    const headers = { "content-type": "text/html", "content-length": "2640" };
    const answer = await filter({ status: 200, headers, body }, exchange);
    expect(answer.headers).toEqual({ "content-type": "text/html", vary: "Accept-Encoding" });
    expect(answer.body).toBeUndefined(); // a body would lead to a Content-Length
  });

  test("has its Content-Length if GET is not compressed", async () => {
    const { headers } = await compressed({ method: "HEAD", accept: null, headers: { "content-length": "2640" } });
    expect(headers).toMatchObject({ vary: "Accept-Encoding", "content-length": "2640" });
  });
});

test.each([
  ["text/plain", [], true],
  ["Application/JSON; charset=utf-8", [], true],
  ["application/problem+json", [], true],
  ["image/svg+xml", [], true],
  ["application/javascript", [], true],
  ["application/octet-stream", [], false],
  ["application/vnd.openxmlformats", [], false],
  ["application/json", ["text/", "application/json"], true],
  ["text/csv", ["text/*"], true],
  ["image/svg+xml", ["text/", "application/json"], false],
])("%s is compressed if the configured types are %j: %s", async (type, types, is) => {
  for (const _ of ["decided", "remembered"]) {
    const { headers } = await compressed({ options: { types }, headers: { "content-type": type } });
    expect(headers["content-encoding"] !== undefined).toBe(is);
  }
});

describe("header fields", () => {
  test("the ETag becomes weak, Content-Length and Accept-Ranges are removed, the others are kept", async () => {
    const headers = { etag: '"abc"', "content-length": "2640", "accept-ranges": "bytes", "set-cookie": ["a=1", "b=2"] };
    expect((await compressed({ headers })).headers).toEqual({
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "zstd",
      "set-cookie": ["a=1", "b=2"],
      etag: 'W/"abc"',
      vary: "Accept-Encoding",
    });
    expect((await compressed({ headers: { etag: 'W/"abc"' } })).headers.etag).toBe('W/"abc"');
  });

  test.each([
    [undefined, "Accept-Encoding"],
    ["Origin", "Origin, Accept-Encoding"],
    [["Origin", "Cookie"], "Origin,Cookie, Accept-Encoding"],
    ["origin, accept-encoding", "origin, accept-encoding"],
    ["X-Accept-Encoding-Too", "X-Accept-Encoding-Too, Accept-Encoding"],
    ["*", "*"],
  ])("Vary %j becomes %j, whether compressed or not", async (before, after) => {
    const headers: Headers = before === undefined ? {} : { vary: before };
    for (const accept of [BROWSER, null]) expect((await compressed({ headers, accept })).headers.vary).toBe(after);
  });
});

describe("a streamed body", () => {
  test.each(ALL)("is flushed after each chunk by %s, so that events arrive without delay", async (algorithm) => {
    const source = new PassThrough();
    const headers = { "content-type": "text/event-stream" };
    const { body } = await compressed({ accept: algorithm, body: source, headers });
    const pieces = (body as Readable)[Symbol.asyncIterator]();
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      source.write(event);
      expect((await pieces.next()).value.length).toBeGreaterThan(0); // the next event is not written yet
    }
    (body as Readable).destroy();
  });

  test("can be decoded by the client up to the last chunk written", async () => {
    const source = new PassThrough();
    const { body } = await compressed({ accept: "gzip", body: source });
    const reading = (body as Readable).pipe(createGunzip())[Symbol.asyncIterator]();
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      source.write(event);
      expect(String((await reading.next()).value)).toBe(event);
    }
    source.end();
    expect((await reading.next()).done).toBe(true);
  });

  test("fails when its source fails, and closes its source when it is no longer read", async () => {
    const failing = new PassThrough();
    const { body } = await compressed({ body: failing });
    failing.write("begun");
    failing.destroy(new Error("the worker was lost"));
    await expect((body as Readable).toArray()).rejects.toThrow();

    const left = new PassThrough();
    const closed = new Promise((resolve) => left.once("close", resolve));
    const { body: unread } = await compressed({ body: left });
    (unread as Readable).destroy();
    await closed;
  });
});

test("a cached body is compressed once per algorithm, also for concurrent requests", async () => {
  const filter = createCompression({ algorithms: ALL, level: 4, threshold: 0, types: [] });
  for (const size of [1, 50]) {
    const body = Buffer.concat(new Array(size).fill(TEXT));
    const answer = { status: 200, headers: { "content-type": "text/css" }, body, isKept: true };
    const ask = (accept: string) => filter(answer, fakeExchange({ headers: { "accept-encoding": accept } }));
    const [first, second] = await Promise.all([ask("gzip"), ask("gzip")]);
    expect((await ask("gzip")).body).toBe(first.body);
    expect(second.body).toBe(first.body);
    expect((await ask("br")).body).not.toBe(first.body);
  }
});
