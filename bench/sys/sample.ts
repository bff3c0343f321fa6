/** One sample: `sample.ts ROW CONTENDER` reads the row's facts again and again and prints what it takes, as JSON. */
import { OURS } from "../comparison.ts";
import { median } from "../statistics.ts";
import { OURS_READING, type RowName, SYSTEMINFORMATION } from "./readings.ts";

/** What a sample may take in milliseconds, and the readings that it has at least and at most. psutil's has the same. */
const [LENGTH, LEAST, MOST] = [300, 5, 1_000];

const [row = "", contender = ""] = process.argv.slice(2);
const read = (contender === OURS ? OURS_READING : SYSTEMINFORMATION)[row as RowName];
if (read === undefined) throw new Error(`${contender} has no reading of ${row}`);

for (let i = 0; i < LEAST; i++) await read(); // what is loaded, compiled and kept at the first ones
const durations: number[] = [];
const end = performance.now() + LENGTH;
while (durations.length < LEAST || (durations.length < MOST && performance.now() < end)) {
  const start = performance.now();
  const answer = read();
  if (answer instanceof Promise) await answer;
  durations.push(performance.now() - start);
}
process.stdout.write(JSON.stringify({ time: median(durations) }));
