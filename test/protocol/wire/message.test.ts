import { describe, expect, test } from "vitest";
import { encodeResult, parseMessage } from "../../../protocol/wire/message.ts";
import { fc } from "../../support/property.ts";

describe("parseMessage", () => {
  test("decodes results as they were encoded", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.nat(0xffff_ffff), { nil: undefined }), (data, id) => {
        const text = encodeResult(data, id);
        expect(parseMessage(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    '{"type":"Response","payload":{"status":"ok","data":1},"id":}',
    '{"type":"Response","payload":{"status":"ok","data":1},"id":7',
    '{"type":"Response","payload":{"status":"ok","data":1},"id":7]',
    '{"type":"Response","payload":{"status":"ok","data":1},"id":0x7}',
    '{"type":"Response","payload":{"status":"ok","data":1},"id":07}',
    '{"type":"Response","payload":{"status":"ok","data":1},"id":7}}',
    '{"type":"Response","payload":{"status":"ok","data":},"id":7}',
    '{"type":"Response","payload":{"status":"ok","data":"},"id":7}',
    '{"type":"Response","payload":{"status":"ok","data":1}"id":7}',
    '{"type":"Response","payload":{"status":"ok","data":1,"more":{"a":2},"id":7}',
  ])("refuses invalid JSON that looks like a result: %s", (text) => {
    expect(() => parseMessage(Buffer.from(text))).toThrow(expect.objectContaining({ code: "BAD_FRAME" }));
  });

  test.each([
    '{"type":"Response","payload":{"status":"ok","data":1,"more":{"a":2}},"id":7}',
    '{"type":"Response","payload":{"status":"ok","data":{"x":1},"id":3},"id":7}',
    '{"type":"Response","payload":{"status":"ok","data":"},\\"id\\":3}"},"id":7}',
    '{"type":"Response","payload":{"status":"ok","data":1},"also":{"a":1},"id":7}',
    '{"type":"Response","payload":{"status":"ok","data":1},"id":7 }',
    '{"type":"Response","payload":{"status":"ok","data":1},"id":7e2}',
  ])("decodes like JSON.parse when the text differs from a plain result: %s", (text) => {
    expect(parseMessage(Buffer.from(text))).toEqual(JSON.parse(text));
  });

  test("refuses an id over the maximum", () => {
    const bytes = Buffer.from(encodeResult(null, 0x1_0000_0000));
    expect(() => parseMessage(bytes)).toThrow(expect.objectContaining({ code: "BAD_FRAME" }));
  });
});
