/** Takes one sample: `sample.ts ROW CONTENDER` reads the row's facts repeatedly and prints the median time as JSON. */
import { OURS } from "../comparison.ts";
import { median } from "../statistics.ts";
import { OURS_READING, type RowName, SYSTEMINFORMATION } from "./readings.ts";

/** Duration of a sample in milliseconds, and its minimum and maximum number of readings. The same as in sample.py. */
const [LENGTH, LEAST, MOST] = [300, 5, 1_000];

const [row = "", contender = ""] = process.argv.slice(2);
const read = (contender === OURS ? OURS_READING : SYSTEMINFORMATION)[row as RowName];
if (read === undefined) throw new Error(`${contender} has no reading of ${row}`);

for (let i = 0; i < LEAST; i++) await read(); // warm-up: the first readings load, compile and cache
const durations: number[] = [];
const end = performance.now() + LENGTH;
while (durations.length < LEAST || (durations.length < MOST && performance.now() < end)) {
  const start = performance.now();
  const answer = read();
  if (answer instanceof Promise) await answer;
  durations.push(performance.now() - start);
}
process.stdout.write(JSON.stringify({ time: median(durations) }));
