import { test } from "vitest";
import { campaign } from "./campaign.ts";

/** Another one each time; what is found names the command that repeats it. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
const INPUTS = 200_000;

test(`${INPUTS} hostile inputs change nothing for who comes next (seed ${SEED})`, { timeout: 240_000 }, async () => {
  const report = process.env.FUZZ_SEED === undefined ? () => {} : console.log;
  await campaign({ inputs: INPUTS, seed: SEED, report });
});
