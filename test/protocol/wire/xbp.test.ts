import { describe, expect, test } from "vitest";
import { FrameReader, FrameWriter } from "../../../protocol/wire/frame.ts";
import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import { decodeXbpRequest, decodeXbpResponse, sendXbpRequest, sendXbpResponse } from "../../../protocol/wire/xbp.ts";
import { fc } from "../../support/property.ts";

/** The payloads that `send` writes. */
function payloadsOf(send: (writer: FrameWriter) => void): Buffer[] {
  const payloads: Buffer[] = [];
  const reader = new FrameReader();
  const take = (bytes: Uint8Array) => reader.push(Buffer.from(bytes), (payload) => payloads.push(Buffer.from(payload)));
  const writer = new FrameWriter({
    write: (bytes) => {
      take(bytes);
      return true;
    },
    cork: () => {},
    uncork: () => {},
  });
  send(writer);
  writer.flush();
  expect(reader.midFrame).toBe(false);
  return payloads;
}

function encodedRequest(id: string, request: WorkerRequest): Buffer {
  const [payload = Buffer.alloc(0), ...others] = payloadsOf((writer) => {
    expect(sendXbpRequest(writer, id, request)).toBe(true);
  });
  expect(others).toEqual([]);
  return payload;
}

function encodedResponse(id: string, status: number, headers: Headers, body?: Uint8Array): Buffer {
  const [payload = Buffer.alloc(0)] = payloadsOf((writer) => {
    expect(sendXbpResponse(writer, id, status, headers, body)).toBe(true);
  });
  return payload;
}

const HELLO: WorkerRequest = {
  method: "GET",
  url: "/hello?a=1",
  headers: { host: "x", "x-long": "y".repeat(150) },
  query: { a: "1" },
  params: { id: "7" },
  remoteAddr: "127.0.0.1:9",
  localAddr: "127.0.0.1:80",
};

/** Any text, mostly common ones. Surrogates are always paired, because lone ones cannot be encoded as UTF-8. */
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("__proto__", "constructor", "a".repeat(200), "ü".repeat(300), "x".repeat(3_000), "\0"),
);
const name = text.map((value) => value.toLowerCase()).filter((value) => value === value.toLowerCase());
const pairs = fc.array(fc.tuple(name, text)).map((entries) => nullObject(entries));
const body = fc.uint8Array({ maxLength: 500 });

function nullObject<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

const request: fc.Arbitrary<WorkerRequest> = fc.record({
  method: text,
  url: text,
  headers: pairs,
  query: pairs,
  params: pairs,
  remoteAddr: text,
  localAddr: text,
  body,
});

describe("an XBP request", () => {
  test("is decoded as it was encoded, for any texts", () => {
    fc.assert(
      fc.property(text, request, (id, sent) => {
        const { body: received = Buffer.alloc(0), ...rest } = decodeXbpRequest(encodedRequest(id, sent));
        const { body: given = Buffer.alloc(0), ...others } = sent;
        expect(rest).toEqual({ id, ...others });
        expect(Buffer.compare(received, given)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("has the exact byte layout that XyPriss reads", () => {
    const sent = { ...HELLO, headers: { host: "x" }, body: Buffer.from("hi") };
    const text16 = (value: string) => `${String.fromCharCode(0, value.length)}${value}`;
    const expected = [
      "\x01",
      ...["5", "GET", "/hello?a=1", "127.0.0.1:9", "127.0.0.1:80"].map(text16),
      `\0\x01${text16("host")}\0${text16("x")}`,
      `\0\x01${text16("a")}${text16("1")}`,
      `\0\x01${text16("id")}${text16("7")}`,
      "\0\0\0\x02hi",
    ];
    expect(encodedRequest("5", sent).toString("latin1")).toBe(expected.join(""));
  });

  test("has one value per header: repeated lines are joined, those of cookie with semicolons", () => {
    const headers = { accept: ["a/b", "c/d"], cookie: ["a=1", "b=2"] };
    expect(decodeXbpRequest(encodedRequest("1", { ...HELLO, headers })).headers).toEqual({
      accept: "a/b, c/d",
      cookie: "a=1; b=2",
    });
  });

  test("is decoded with header names in any case, the last value of a name, and any type byte", () => {
    const head = "\x01\0\0\0\0\0\0\0\0\0\0";
    const payload = Buffer.from(`${head}\0\x02\0\x04Host\x07\0\x01a\0\x04hOST\x09\0\x01b\0\0\0\0\0\0\0\0`, "latin1");
    expect(decodeXbpRequest(payload).headers).toEqual({ host: "b" });
  });

  test.each([
    ["uploads", { files: [] }],
    ["upload errors", { uploadErrors: [] }],
    ["a text of 65,536 bytes", { url: "x".repeat(65_536) }],
    ["a text of 65,536 bytes in fewer characters", { remoteAddr: "ü".repeat(32_768) }],
    ["a header of 65,536 bytes", { headers: { host: "x".repeat(65_536) } }],
    ["header lines that are too long when joined", { headers: { accept: ["x".repeat(40_000), "y".repeat(40_000)] } }],
    ["65,536 pairs", { query: Object.fromEntries(Array.from({ length: 65_536 }, (_, i) => [`k${i}`, ""])) }],
  ])("cannot encode %s, and then writes nothing", (_what, part) => {
    const payloads = payloadsOf((writer) => expect(sendXbpRequest(writer, "1", { ...HELLO, ...part })).toBe(false));
    expect(payloads).toEqual([]);
  });

  test("is not encoded when it may exceed the frame limit", () => {
    const large = { ...HELLO, body: Buffer.alloc(5_000) };
    const payloads = payloadsOf((writer) => expect(sendXbpRequest(writer, "1", large, 5_000)).toBe(false));
    expect(payloads).toEqual([]);
  });

  test("encodes texts and pairs up to the maximum of its 16-bit lengths", () => {
    const query = Object.fromEntries(Array.from({ length: 65_535 }, (_, i) => [`k${i}`, "ü"]));
    const sent = { ...HELLO, url: "x".repeat(65_535), headers: { "x-long": "ü".repeat(32_767) }, query };
    const received = decodeXbpRequest(encodedRequest("1", sent));
    expect(received.url).toBe(sent.url);
    expect(received.headers).toEqual(sent.headers);
    expect(received.query).toEqual(query);
  });
});

describe("an XBP response", () => {
  const headers = fc
    .array(fc.tuple(name, fc.oneof(text, fc.array(text, { minLength: 2 }))))
    .map(nullObject<string | string[]>);

  test("is decoded as it was encoded, with several values per name", () => {
    fc.assert(
      fc.property(text, fc.nat(65_535), headers, body, (id, status, fields, bytes) => {
        const received = decodeXbpResponse(encodedResponse(id, status, fields, bytes));
        expect({ ...received, body: undefined }).toEqual({ id, status, headers: fields, body: undefined });
        expect(Buffer.compare(received.body, bytes)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("is decoded with lower-case names, although XyPriss's workers send mixed case", () => {
    const payload = Buffer.from(
      "\x02\0\x019\0\xc8\0\x02\0\x0aSet-Cookie\0\x01a\0\x0aset-cookie\0\x01b\0\0\0\0",
      "latin1",
    );
    expect(decodeXbpResponse(payload)).toMatchObject({ id: "9", status: 200, headers: { "set-cookie": ["a", "b"] } });
  });

  test.each([0, 1, 8_192, 8_193, 70_000])("transfers %i bytes, between other frames", (size) => {
    const bytes = Buffer.alloc(size, "abcdefg");
    const payloads = payloadsOf((writer) => {
      writer.json('{"first":1}');
      sendXbpResponse(writer, "1", 200, { etag: "x" }, bytes);
      writer.json('{"last":1}');
    });
    expect(payloads.map((payload) => payload[0])).toEqual([0x7b, 0x02, 0x7b]);
    expect(decodeXbpResponse(payloads[1] as Buffer).body.equals(bytes)).toBe(true);
  });

  test("transfers 32 KiB of headers", () => {
    const fields = { link: Array.from({ length: 200 }, (_, i) => `<${"ü".repeat(60)}/${i}>`) };
    expect(decodeXbpResponse(encodedResponse("1", 200, fields)).headers).toEqual(fields);
  });

  test("cannot encode a header over 65,535 bytes", () => {
    const fields = { link: "x".repeat(65_536) };
    expect(payloadsOf((writer) => expect(sendXbpResponse(writer, "1", 200, fields)).toBe(false))).toEqual([]);
  });
});

const REQUEST = encodedRequest("12", { ...HELLO, body: Buffer.from("body") });
const RESPONSE = encodedResponse("12", 200, { "set-cookie": ["a=1", "b=2"] }, Buffer.from("body"));

describe.each([
  ["request", decodeXbpRequest, REQUEST, 0x01],
  ["response", decodeXbpResponse, RESPONSE, 0x02],
] as const)("an invalid XBP %s", (_form, decode, whole, mark) => {
  test("fails with BAD_FRAME when it is truncated at any position", () => {
    for (let size = 0; size < whole.length; size++) {
      expect(() => decode(whole.subarray(0, size))).toThrow(expect.objectContaining({ code: "BAD_FRAME" }));
    }
  });

  test("fails with BAD_FRAME when it has an extra byte or another first byte", () => {
    expect(() => decode(Buffer.concat([whole, Buffer.alloc(1)]))).toThrow("1 bytes after its body");
    expect(() => decode(Buffer.from("{}"))).toThrow(expect.objectContaining({ code: "BAD_FRAME" }));
  });

  test("decodes or fails with BAD_FRAME, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.tuple(fc.nat(), fc.nat(255))), (bytes, changes) => {
        const changed = Buffer.from(whole);
        for (const [place, value] of changes) changed[place % changed.length] = value;
        for (const payload of [Buffer.from([mark, ...bytes]), changed]) {
          try {
            expect(typeof decode(payload).id).toBe("string");
          } catch (error) {
            expect(error).toMatchObject({ code: "BAD_FRAME" });
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
