/** Fuzzing with any number of inputs: `npm run fuzz -- [--inputs N] [--seed S] [--only TARGET]`. */
import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";

const { values } = parseArgs({
  options: { inputs: { type: "string", default: "2000000" }, seed: { type: "string" }, only: { type: "string" } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
console.log(`seed ${seed}`);
await campaign({ inputs: Number(values.inputs), seed, only: values.only, report: console.log });
