import { describe, expect, test } from "vitest";
import type { Strategy } from "../../internal/balance/candidate.ts";
import { createStrategy } from "../../internal/balance/create-strategy.ts";
import { STRATEGIES } from "../../internal/balance/strategies.ts";
import { candidates, chiSquare, counts, picks, seeded, TestCandidate } from "./candidates.ts";

describe.each([...new Set(Object.values(STRATEGIES))])("%s", (name) => {
  test("picks nothing from an empty list, and the only candidate from a list of one", () => {
    const strategy = createStrategy(name);
    expect(strategy.pick([], "10.0.0.1")).toBeUndefined();
    expect(picks(strategy, candidates("a"), 3)).toEqual(["a", "a", "a"]);
  });

  test("picks the object in the current list, even if an earlier object had the same key", () => {
    const strategy = createStrategy(name);
    strategy.pick(candidates("a"), "10.0.0.1");
    const [successor] = candidates("a");
    expect(strategy.pick([successor as TestCandidate], "10.0.0.1")).toBe(successor);
  });
});

describe("round-robin", () => {
  test("picks each candidate in turn", () => {
    expect(picks(createStrategy("round-robin"), candidates("a", "b", "c"), 7).join("")).toBe("abcabca");
  });

  test("starves no candidate while another one is added and removed at every pick", () => {
    const strategy = createStrategy("round-robin");
    const all = candidates("a", "b", "c");
    const picked = Array.from({ length: 300 }, (_, i) => picks(strategy, i % 2 ? all.slice(1) : [...all], 1)).flat();
    const { a = 0, b = 0, c = 0 } = counts(picked);
    expect(Math.abs(b - c)).toBeLessThanOrEqual(1);
    expect(a).toBe(75); // every second of the 150 picks in which it was listed
  });

  test("continues with the candidate that has waited longest when another is removed", () => {
    const strategy = createStrategy("round-robin");
    const all = candidates("a", "b", "c", "d");
    expect(picks(strategy, all, 2)).toEqual(["a", "b"]);
    expect(picks(strategy, all.slice(1), 3)).toEqual(["c", "d", "b"]);
  });
});

describe("weighted-round-robin", () => {
  test("distributes the weights 5, 1, 1 in the order that nginx uses", () => {
    const [a, b, c] = [new TestCandidate("a", { weight: 5 }), ...candidates("b", "c")] as TestCandidate[];
    const picked = picks(createStrategy("weighted-round-robin"), [a, b, c] as TestCandidate[], 14);
    expect(picked.join("")).toBe("aabacaaaabacaa");
  });

  test("gives exact shares over complete rounds, also with fractional weights", () => {
    const list = [0.5, 1, 2.5].map((weight, i) => new TestCandidate("abc"[i] as string, { weight }));
    expect(counts(picks(createStrategy("weighted-round-robin"), list, 800))).toEqual({ a: 100, b: 200, c: 500 });
  });
});

describe("least-connections", () => {
  test("picks the candidate with the fewest requests in flight", () => {
    const list = [3, 1, 2].map((active, i) => new TestCandidate("abc"[i] as string, { active }));
    expect(counts(picks(createStrategy("least-connections"), list, 10))).toEqual({ b: 10 });
  });

  test("picks candidates with equally few requests in turn", () => {
    const list = [1, 2, 1, 1].map((active, i) => new TestCandidate("abcd"[i] as string, { active }));
    expect(picks(createStrategy("least-connections"), list, 7).join("")).toBe("acdacda");
  });

  test("gives a slow candidate few requests: durations of 1, 1 and 8 give shares of about 8, 8 and 1", () => {
    const served = simulate(createStrategy("least-connections"), { a: 1, b: 1, c: 8 }, 1_700);
    expect(served.a).toBeGreaterThan(700);
    expect(served.b).toBeGreaterThan(700);
    expect(served.c).toBeLessThan(300);
  });
});

describe("weighted-least-connections", () => {
  test("picks the candidate with the fewest requests in flight per weight", () => {
    const list = [new TestCandidate("a", { active: 2, weight: 1 }), new TestCandidate("b", { active: 3, weight: 2 })];
    expect(counts(picks(createStrategy("weighted-least-connections"), list, 10))).toEqual({ b: 10 });
  });

  test("distributes requests to idle candidates by weight, not evenly", () => {
    const list = [3, 1].map((weight, i) => new TestCandidate("ab"[i] as string, { weight }));
    expect(counts(picks(createStrategy("weighted-least-connections"), list, 400))).toEqual({ a: 300, b: 100 });
  });

  test("distributes requests in proportion to the weights when none is answered", () => {
    const strategy = createStrategy("weighted-least-connections");
    const list = [4, 2, 1].map((weight, i) => new TestCandidate("abc"[i] as string, { weight }));
    for (let i = 0; i < 700; i += 1) (strategy.pick(list, "") as TestCandidate).active += 1;
    expect(list.map(({ active }) => active)).toEqual([400, 200, 100]);
  });
});

describe("least-response-time", () => {
  test("picks candidates without a response first, once each until they respond", () => {
    const list = candidates("known", "new", "newer");
    (list[0] as TestCandidate).latency = 5;
    const strategy = createStrategy("least-response-time");
    const picked = Array.from({ length: 5 }, () => {
      const candidate = strategy.pick(list, "") as TestCandidate;
      candidate.active += 1;
      return candidate.key;
    });
    expect(picked).toEqual(["new", "newer", "known", "known", "known"]);
  });

  test("prefers the fast candidate until its queue makes the slow one faster", () => {
    const list = [2, 10].map((latency, i) => new TestCandidate("ab"[i] as string, { latency }));
    const strategy = createStrategy("least-response-time");
    const picked = Array.from({ length: 6 }, () => {
      const candidate = strategy.pick(list, "") as TestCandidate;
      candidate.active += 1;
      return candidate.key;
    });
    expect(picked.join("")).toBe("aaaaba");
  });

  test("picks candidates with equal latency in turn", () => {
    const list = [4, 4, 4].map((latency, i) => new TestCandidate("abc"[i] as string, { latency }));
    expect(picks(createStrategy("least-response-time"), list, 6).join("")).toBe("abcabc");
  });

  test("sends about one request in a hundred to a slow candidate, to measure it again", () => {
    const list = [1, 900].map((latency, i) => new TestCandidate("ab"[i] as string, { latency }));
    const { b = 0 } = counts(picks(createStrategy("least-response-time"), list, 10_000));
    expect(b).toBeGreaterThanOrEqual(45);
    expect(b).toBeLessThanOrEqual(100);
  });
});

describe("random", () => {
  test("picks all candidates with equal probability", () => {
    const times = counts(picks(createStrategy("random", seeded(1)), candidates("a", "b", "c", "d", "e"), 10_000));
    expect(chiSquare(times, 5)).toBeLessThan(18.5); // 4 degrees of freedom, p = 0.001
    expect(chiSquare(times, 5)).toBeGreaterThan(0);
  });
});

/**
 * Requests served by each candidate. Two requests arrive per unit of time; `lasting` gives the duration on each
 * candidate.
 */
function simulate(strategy: Strategy, lasting: Readonly<Record<string, number>>, requests: number) {
  const list = candidates(...Object.keys(lasting));
  const ends: { at: number; candidate: TestCandidate }[] = [];
  const served: Record<string, number> = {};
  for (let i = 0; i < requests; i += 1) {
    const now = i / 2;
    for (const end of ends.filter(({ at }) => at <= now)) {
      end.candidate.active -= 1;
      ends.splice(ends.indexOf(end), 1);
    }
    const candidate = strategy.pick(list, "") as TestCandidate;
    candidate.active += 1;
    served[candidate.key] = (served[candidate.key] ?? 0) + 1;
    ends.push({ at: now + (lasting[candidate.key] ?? 0), candidate });
  }
  return served as { a: number; b: number; c: number };
}
