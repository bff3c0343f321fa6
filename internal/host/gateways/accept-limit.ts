/** Connections that a gateway may have above the average of all. */
const LEAST_EXCESS = 4;
/** The same as a share of the average. */
const EXCESS = 1 / 8;

/**
 * Up to how many connections each gateway accepts: some more than the average. A gateway with the average or fewer
 * always accepts, so no connection waits for one that is at its limit.
 */
export function acceptLimit(connections: readonly number[]): number {
  const sum = connections.reduce((total, each) => total + each, 0);
  const average = sum / Math.max(1, connections.length);
  return Math.ceil(average + Math.max(LEAST_EXCESS, average * EXCESS));
}
