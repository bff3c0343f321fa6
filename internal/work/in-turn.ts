/**
 * Runs a job for each part, `atOnce` of them in parallel. Each starts the next one when it is done, so that all end at
 * about the same time. The results are in the order of the parts.
 */
export async function inTurn<P, R>(parts: readonly P[], atOnce: number, run: (part: P) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = parts.entries();
  const running = Array.from({ length: atOnce }, async () => {
    for (const [n, part] of waiting) results[n] = await run(part);
  });
  try {
    await Promise.all(running);
    return results;
  } catch (error) {
    for (const _ of waiting); // discard the remaining parts
    await Promise.allSettled(running);
    throw error;
  }
}
