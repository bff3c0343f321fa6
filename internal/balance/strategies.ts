/** All strategy names in XyPriss's documentation, types and flags, and the strategy each one selects. */
export const STRATEGIES = {
  "round-robin": "round-robin",
  "least-connections": "least-connections",
  "least-conn": "least-connections",
  "weighted-round-robin": "weighted-round-robin",
  weighted: "weighted-round-robin",
  "weighted-least-connections": "weighted-least-connections",
  "ip-hash": "ip-hash",
  "least-response-time": "least-response-time",
  latency: "least-response-time",
  random: "random",
} as const;

export type StrategyName = (typeof STRATEGIES)[keyof typeof STRATEGIES];
