import { test } from "vitest";
import { campaign } from "./campaign.ts";

/** The same each time, so that what passed passes again; `npm run fuzz` takes another one at every run. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
const INPUTS = 200_000;

test(`${INPUTS} hostile inputs change nothing for who comes next (seed ${SEED})`, { timeout: 240_000 }, async () => {
  const report = process.env.FUZZ_SEED === undefined ? () => {} : console.log;
  await campaign({ inputs: INPUTS, seed: SEED, report });
});
