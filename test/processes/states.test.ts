import { describe, expect, test } from "vitest";
import { MEMBER_STEPS, PROCESS_STEPS, StateMachine } from "../../internal/processes/states.ts";

const PROCESS_EVENTS = ["ready", "stop", "fault", "end"] as const;
const MEMBER_EVENTS = ["start", "ready", "stop", "end", "lost", "succeeded", "leave", "give-up"] as const;
const _ = "";

/** The state after each event; empty if the event changes nothing. */
describe("a process", () => {
  test.each([
    ["starting", "ready", "draining", "crashed", _],
    ["ready", _, "draining", "crashed", _],
    ["draining", _, _, _, "stopped"],
    ["stopped", _, _, _, _],
    ["crashed", _, _, _, _],
  ] as const)('%s becomes on ready "%s", on stop "%s", on fault "%s", on end "%s"', (from, ...to) => {
    expect(PROCESS_EVENTS.map((event) => PROCESS_STEPS[from][event] ?? _)).toEqual(to);
  });
});

describe("a member", () => {
  test.each([
    ["stopped", "starting", _, _, _, _, _, _, _],
    ["starting", _, "ready", "draining", _, "backing-off", "starting", "crashed", _],
    ["ready", _, _, "draining", _, "backing-off", "starting", "crashed", _],
    ["draining", _, _, _, "stopped", _, _, _, _],
    ["crashed", "starting", _, "stopped", _, _, _, _, _],
    ["backing-off", "starting", _, "stopped", _, _, _, _, "hopeless"],
    ["hopeless", "starting", _, "stopped", _, _, _, _, _],
  ] as const)("changes from %s as its table says", (from, ...to) => {
    expect(MEMBER_EVENTS.map((event) => MEMBER_STEPS[from][event] ?? _)).toEqual(to);
  });
});

test("an event that is not in the table changes nothing, and `take` returns false", () => {
  const state = new StateMachine(PROCESS_STEPS, "starting");
  expect([state.take("end"), state.now]).toEqual([false, "starting"]);
  expect([state.take("stop"), state.now]).toEqual([true, "draining"]);
  expect([state.take("fault"), state.now]).toEqual([false, "draining"]);
});
