/** Takes one sample: `sample.ts CONTENDER SOCKET` prints the figures as JSON. */
import { percentile } from "../statistics.ts";
import { CONTENDERS } from "./contenders.ts";

const [name = "", socket = ""] = process.argv.slice(2);
const contender = CONTENDERS[name];
if (contender === undefined) throw new Error(`unknown contender "${name}"`);

const begun = performance.now();
const call = await contender.open(socket);
await call();
const first = performance.now() - begun;

for (let i = 0; i < contender.calls / 4; i++) await call();
const durations = new Float64Array(contender.calls);
for (let i = 0; i < durations.length; i++) {
  const start = performance.now();
  const answer = call();
  if (answer instanceof Promise) await answer; // awaiting a plain value would add a turn of the event loop
  durations[i] = (performance.now() - start) * 1000;
}
durations.sort();
const figures = { "first call": first, p50: percentile(durations, 50), p99: percentile(durations, 99) };
process.stdout.write(JSON.stringify(figures), () => process.exit());
