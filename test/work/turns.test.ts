import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Leave, Turns } from "../../internal/work/turns.ts";

/** The callers whose jobs have begun, in order, and the functions that end these jobs. */
function watched(turns: Turns) {
  const begun: string[] = [];
  const leave: Leave[] = [];
  const enter = (caller: string, signal?: AbortSignal) =>
    turns.enter(caller, signal).then((done) => {
      begun.push(caller);
      leave.push(done);
    });
  return { begun, leave, enter };
}

test("a caller with many jobs leaves places to other callers", async () => {
  const { begun, enter } = watched(new Turns({ places: 3, perCaller: 2, waiting: 10 }));
  for (let job = 0; job < 5; job++) void enter("greedy");
  await enter("modest");
  expect(begun).toEqual(["greedy", "greedy", "modest"]);
});

test("when all places are taken callers take turns, however many jobs each has waiting", async () => {
  const { begun, leave, enter } = watched(new Turns({ places: 1, perCaller: 1, waiting: 10 }));
  for (let job = 0; job < 4; job++) void enter("a");
  void enter("b");
  void enter("c");
  for (let job = 0; job < 5; job++) {
    await setImmediate();
    leave.shift()?.();
  }
  await setImmediate();
  expect(begun).toEqual(["a", "a", "b", "c", "a", "a"]);
});

test("a job that is aborted while it waits fails with the reason, and the next one takes its place", async () => {
  const { begun, leave, enter } = watched(new Turns({ places: 1, perCaller: 1, waiting: 10 }));
  const reason = new Error("enough");
  const abort = new AbortController();
  await enter("a");
  const waiting = enter("b", abort.signal);
  const next = enter("c");
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  leave.shift()?.();
  await next;
  expect(begun).toEqual(["a", "c"]);
});

test("a caller with too many waiting jobs is rejected, but another caller is not", async () => {
  const turns = new Turns({ places: 1, perCaller: 1, waiting: 1 });
  await turns.enter("a");
  void turns.enter("a");
  await expect(turns.enter("a")).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  const { begun, enter } = watched(turns);
  void enter("b");
  await setImmediate();
  expect(begun).toEqual([]); // waiting, and not refused
});
