import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { lasting } from "../../internal/watch/lasting.ts";
import { contractsByName } from "../../protocol/commands/index.ts";

const never = new AbortController().signal;

test("the longest duration that a contract admits is not over at once", async () => {
  const longest = contractsByName.get("watch.files")?.params.properties?.duration?.maximum;
  const signal = lasting(never, longest);
  expect(signal).not.toBe(never);
  await setTimeout(5); // a timer that overflowed fires after one
  expect(signal.aborted).toBe(false);
});

test("without a duration a watch goes on until it is cancelled", () => {
  expect(lasting(never, undefined)).toBe(never);
});
