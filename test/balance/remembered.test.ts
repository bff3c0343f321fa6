import { expect, test } from "vitest";
import { Remembered } from "../../internal/balance/remembered.ts";
import { candidates } from "./candidates.ts";

function arrange() {
  const begun: string[] = [];
  const remembered = new Remembered((candidate) => {
    begun.push(candidate.key);
    return { candidate };
  });
  return { begun, remembered };
}

test("the state of a candidate is kept while a retry leaves it out of the list", () => {
  const { begun, remembered } = arrange();
  const [a, b] = candidates("a", "b");
  const [before] = remembered.of([a, b] as never);
  remembered.of([b] as never);
  expect(remembered.of([b, a] as never)[1]).toBe(before);
  expect(begun).toEqual(["a", "b"]);
});

test("the state of a candidate that has been absent for a long time is dropped", () => {
  const { begun, remembered } = arrange();
  for (let i = 0; i < 1_000; i += 1) remembered.of(candidates("stays", `comes-${i}`));
  expect(begun).toHaveLength(1_001);
  remembered.of(candidates("stays", "comes-0"));
  expect(begun.slice(1_001)).toEqual(["comes-0"]);
});
