import { test } from "vitest";
import { campaign } from "./campaign.ts";

/** Fixed, so that results are reproducible. `npm run fuzz` uses a new seed for each run. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
const INPUTS = 200_000;

test(`${INPUTS} hostile inputs do not affect the clients after them (seed ${SEED})`, { timeout: 240_000 }, async () => {
  const report = process.env.FUZZ_SEED === undefined ? () => {} : console.log;
  await campaign({ inputs: INPUTS, seed: SEED, report });
});
