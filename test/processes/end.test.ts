import { constants } from "node:os";
import { expect, test } from "vitest";
import { describeEnd, endBySignal, endOfStatus, isFromOutside, UNKNOWN_END } from "../../internal/processes/end.ts";

test("a status of wait(2) is an exit code or a signal", () => {
  expect(endOfStatus(0)).toEqual({ code: 0, signal: null });
  expect(endOfStatus(7 << 8)).toEqual({ code: 7, signal: null });
  expect(endOfStatus(255 << 8)).toEqual({ code: 255, signal: null });
  expect(endOfStatus(constants.signals.SIGKILL)).toEqual({ code: null, signal: "SIGKILL" });
  expect(endOfStatus(constants.signals.SIGSEGV | 0x80)).toEqual({ code: null, signal: "SIGSEGV" }); // with a core dump
});

test("a signal with several names has the one that Node reports", () => {
  expect(endBySignal(constants.signals.SIGIOT)).toEqual({ code: null, signal: "SIGABRT" });
});

test("an end by a real-time signal is the exit code of a shell", () => {
  expect(endBySignal(34)).toEqual({ code: 162, signal: null });
});

test("ends are described", () => {
  expect(describeEnd({ code: 3, signal: null })).toBe("exited with code 3");
  expect(describeEnd({ code: null, signal: "SIGKILL" })).toBe("was ended by SIGKILL");
  expect(describeEnd({ code: null, signal: null, error: new Error("why") })).toBe("could not be started: why");
  expect(describeEnd(UNKNOWN_END)).toBe("ended; its exit status is unknown");
});

test("an unknown end is not taken for a signal from outside", () => {
  expect(isFromOutside({ code: null, signal: "SIGTERM" })).toBe(true);
  expect(isFromOutside(UNKNOWN_END)).toBe(false);
});
