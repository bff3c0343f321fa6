/** Seed of the pseudo-random inputs of tests: fixed, so that each run tests the same. `FUZZ_SEED=7` uses others. */
export const SEED: number = Number(process.env.FUZZ_SEED ?? 20_261_120);
