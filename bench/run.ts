/**
 * Measures xsys and its peers: `npm run bench -- calls`. Without a name, all benches run. With `--save`, the results
 * are written to results.md and results.svg. Compare the ratios: they are measured in one interleaved run, while
 * absolute times depend mostly on the machine.
 */
import { type Comparison, describe } from "./comparison.ts";
import { machine } from "./machine.ts";
import { measuredNow } from "./report/measured.ts";
import { save } from "./report/save.ts";

/** The benches by their names on the command line. */
const BENCHES: Readonly<Record<string, () => Promise<{ default: (progress: Progress) => Promise<Comparison[]> }>>> = {
  calls: () => import("./calls/bench.ts"),
  sync: () => import("./sync/bench.ts"),
  start: () => import("./start/bench.ts"),
  sys: () => import("./sys/bench.ts"),
  watch: () => import("./watch/bench.ts"),
  files: () => import("./files/bench.ts"),
  gateway: () => import("./gateway/bench.ts"),
  failover: () => import("./failover/bench.ts"),
  apps: () => import("./apps/bench.ts"),
};

type Progress = (text: string) => void;

// Arguments that begin with dashes are options of a bench, such as --folder=/dev/shm of files or --long of failover.
process.exitCode = await run(process.argv.slice(2).filter((word) => !word.startsWith("--")));

async function run(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    console.error(`unknown bench "${unknown}"; the benches are: ${Object.keys(BENCHES).join(", ")}`);
    return 64;
  }
  console.log(machine());
  for (const [name, load] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { default: bench } = await load();
    const comparisons = await bench((text) => console.error(`${name}: ${text}`));
    for (const comparison of comparisons) console.log(`\n${describe(comparison).join("\n")}`);
    if (process.argv.includes("--save")) save(name, measuredNow(machine(), comparisons), Object.keys(BENCHES));
  }
  return 0;
}
