/** Runs a job for each of some parts, so many at a time: who is done takes the next one, so that all end together. */
export async function inTurn<P, R>(parts: readonly P[], atOnce: number, run: (part: P) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = parts.values();
  const running = Array.from({ length: atOnce }, async () => {
    for (const part of waiting) results.push(await run(part));
  });
  try {
    await Promise.all(running);
    return results;
  } catch (error) {
    for (const _ of waiting); // none of those left begins
    await Promise.allSettled(running);
    throw error;
  }
}
