import { expect, test } from "vitest";
import { parseHttpDate } from "../../../internal/gateway/files/http-date.ts";

test("a date is parsed in each of the three formats of HTTP", () => {
  const time = Date.UTC(1994, 10, 6, 8, 49, 37);
  for (const text of ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]) {
    expect(parseHttpDate(text), text).toBe(time);
  }
});

test.each(["", "0", "2100", "tomorrow", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 +0100", 'W/"1"'])(
  "%j is not a date",
  (text) => expect(parseHttpDate(text)).toBeUndefined(),
);

test("a date with an unknown month is not a date", () => {
  expect(parseHttpDate("Sun, 06 Foo 1994 08:49:37 GMT")).toBeUndefined();
});
