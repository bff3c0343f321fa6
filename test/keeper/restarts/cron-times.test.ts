import { describe, expect, test } from "vitest";
import { cronTimes } from "../../../internal/keeper/restarts/cron-times.ts";

/** In the time zone of this machine, as the expressions are. */
const at = (text: string) => new Date(text).getTime();
const FROM = at("2030-05-17T10:30:20");

describe("a cron expression", () => {
  test.each([
    ["0 3 * * *", "2030-05-18T03:00:00"],
    ["*/15 * * * *", "2030-05-17T10:45:00"],
    ["  30 10 * * *  ", "2030-05-18T10:30:00"],
    ["*/10 * * * * *", "2030-05-17T10:30:30"],
    ["0 9 * * mon-fri", "2030-05-20T09:00:00"],
    ["0 0 L * *", "2030-05-31T00:00:00"],
    ["0 0 29 2 *", "2032-02-29T00:00:00"],
    ["@daily", "2030-05-18T00:00:00"],
  ])("%s has its next time", (expression, next) => expect(cronTimes(expression)(FROM)).toBe(at(next)));

  test.each([
    ["daily", 'cron "daily" is invalid: invalid configuration format'],
    ["61 * * * *", "Invalid value for minute: 61"],
    ["* * * *", "space separated parts are required"],
    ["* * * * * * *", "requires exactly 5 or 6 parts"],
    ["@reboot", "@reboot is not supported"],
    ["0 0 30 2 *", "it names no time in the future"],
    ["2020-01-01T00:00:00", "it names no time in the future"],
    ["", 'cron "" is invalid'],
  ])("%j is refused", (expression, message) => {
    expect(() => cronTimes(expression)).toThrow(
      expect.objectContaining({ code: "INVALID_PARAMS", message: expect.stringContaining(message) }),
    );
  });
});
