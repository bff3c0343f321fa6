import { expect, test } from "vitest";
import { ReconnectPause } from "../../protocol/reconnect-pause.ts";

test("the pause doubles with connections that end at once, up to a second, and is forgotten after one that lasted", () => {
  const pause = new ReconnectPause();
  expect(Array.from({ length: 8 }, () => pause.afterEnd(5))).toEqual([20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  expect(pause.afterEnd(1_000)).toBe(0);
  expect(pause.afterEnd(999)).toBe(20);
});

test("after an attempt that failed it is short, however many connections were refused", () => {
  const pause = new ReconnectPause();
  for (let i = 0; i < 10; i++) pause.afterEnd(0);
  expect(pause.afterFailure()).toBe(20);
});
