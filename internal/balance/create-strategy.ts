import type { Candidate, Strategy } from "./candidate.ts";
import { IpHash } from "./ip-hash.ts";
import { LeastByWeight } from "./least-by-weight.ts";
import { LeastInTurn } from "./least-in-turn.ts";
import { Random } from "./random.ts";
import type { StrategyName } from "./strategies.ts";

/**
 * Picks per candidate for which least-response-time may leave one out: it has one request in a hundred then, without
 * which a time that was once bad would never be measured again.
 */
const LONGEST_UNMEASURED = 100;

/** A strategy with its own memory; `random` gives 0 to below 1. */
export function createStrategy(name: StrategyName, random: () => number = Math.random): Strategy {
  switch (name) {
    case "round-robin":
      return new LeastInTurn(() => 0);
    case "weighted-round-robin":
      return new LeastByWeight(() => 0);
    case "least-connections":
      return new LeastInTurn(({ active }) => active);
    case "weighted-least-connections":
      return new LeastByWeight(({ active, weight }) => active / weight);
    case "ip-hash":
      return new IpHash();
    case "least-response-time":
      return new LeastInTurn(expectedTime, LONGEST_UNMEASURED);
    case "random":
      return new Random(random);
  }
}

/**
 * When one more request would be answered, if each waits for those before it: without the factor, all that come before
 * the fastest has answered once more would go to it. Who never answered is asked at once, and then not before it did.
 */
function expectedTime({ latency, active }: Candidate): number {
  if (latency === undefined) return active === 0 ? -1 : Number.POSITIVE_INFINITY;
  return latency * (active + 1);
}
