/** Every name of a strategy that XyPriss's documentation, types or flags know, and what it stands for. */
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
