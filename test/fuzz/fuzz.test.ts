import { test } from "vitest";
import { SEED } from "../support/seed.ts";
import { campaign } from "./campaign.ts";

const INPUTS = 200_000;

test(`${INPUTS} hostile inputs do not affect the clients after them (seed ${SEED})`, { timeout: 240_000 }, async () => {
  const report = process.env.FUZZ_SEED === undefined ? () => {} : console.log;
  await campaign({ inputs: INPUTS, seed: SEED, report });
});
