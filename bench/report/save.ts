import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chart } from "./chart.ts";
import { markdown } from "./markdown.ts";
import type { Measured } from "./measured.ts";

const RESULTS = fileURLToPath(new URL("../results.json", import.meta.url));

/** Replaces the saved results of a bench, and writes the page and the chart of all benches. */
export function save(bench: string, measured: Measured, order: readonly string[]): void {
  const kept: Record<string, Measured> = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {};
  kept[bench] = measured;
  const benches = Object.fromEntries(order.flatMap((name) => (kept[name] === undefined ? [] : [[name, kept[name]]])));
  writeFileSync(RESULTS, `${JSON.stringify(benches, undefined, 2)}\n`);
  writeFileSync(RESULTS.replace(/json$/, "md"), markdown(benches));
  writeFileSync(RESULTS.replace(/json$/, "svg"), chart(benches));
}
