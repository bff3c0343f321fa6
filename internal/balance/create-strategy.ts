import type { Candidate, Strategy } from "./candidate.ts";
import { IpHash } from "./ip-hash.ts";
import { LeastByWeight } from "./least-by-weight.ts";
import { LeastInTurn } from "./least-in-turn.ts";
import { Random } from "./random.ts";
import type { StrategyName } from "./strategies.ts";

/**
 * Picks per candidate after which least-response-time must pick a candidate again. A slow one so gets one request in a
 * hundred. Without that, a response time that was bad once would never be measured again.
 */
const LONGEST_UNMEASURED = 100;

/** Creates a strategy with its own state. `random` returns numbers from 0 to below 1. */
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
 * Expected response time of one more request if the candidate processes its requests one after the other. Without the
 * factor `active + 1`, all requests would go to the fastest candidate until its next response. A candidate that has not
 * responded yet gets one request at once, and the next only after it has responded.
 */
function expectedTime({ latency, active }: Candidate): number {
  if (latency === undefined) return active === 0 ? -1 : Number.POSITIVE_INFINITY;
  return latency * (active + 1);
}
