import { describe, expect, test } from "vitest";
import { parseUpstreams } from "../../../internal/gateway/proxy/parse-upstream.ts";

describe("an upstream", () => {
  test.each([
    [
      "http://10.0.0.1:3000",
      { origin: "http://10.0.0.1:3000", isTls: false, hostname: "10.0.0.1", port: 3000, weight: 1 },
    ],
    ["http://app.local/", { origin: "http://app.local", isTls: false, hostname: "app.local", port: 80, weight: 1 }],
    [
      "https://app.local#12",
      { origin: "https://app.local", isTls: true, hostname: "app.local", port: 443, weight: 12 },
    ],
    ["http://[::1]:81#999", { origin: "http://[::1]:81", isTls: false, hostname: "::1", port: 81, weight: 999 }],
  ])("can be %s", (text, address) => {
    expect(parseUpstreams([text])).toEqual([address]);
  });

  test.each([
    ["localhost:3000", /not a URL of the form/],
    ["10.0.0.1:3000", /not a URL of the form/],
    ["", /not a URL of the form/],
    ["ftp://a", /not a URL of the form/],
    ["http://a:99999", /not a URL of the form/],
    ["http://a/base", /path or a query/],
    ["http://a?x=1", /path or a query/],
    ["http://a#0", /weight/],
    ["http://a#-1", /weight/],
    ["http://a#1000", /weight/],
    ["http://a#heavy", /weight/],
  ])("cannot be %s", (text, reason) => {
    expect(() => parseUpstreams([text])).toThrow(reason);
    expect(() => parseUpstreams([text])).toThrow(expect.objectContaining({ code: "INVALID_PARAMS" }));
  });

  test("with a password is refused, and the error does not contain the password", () => {
    expect(() => parseUpstreams(["http://me:secret@a"])).toThrow(
      /^invalid upstream "http:\/\/a": .*a user or a password$/,
    );
  });

  test("that occurs twice is refused, whatever its weights", () => {
    expect(() => parseUpstreams(["http://a:80", "http://b", "http://a#2"])).toThrow(/"http:\/\/a": .*named twice/);
  });

  test("is required", () => {
    expect(() => parseUpstreams([])).toThrow(/at least one upstream/);
  });
});
