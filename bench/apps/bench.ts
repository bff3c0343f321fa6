import type { Comparison } from "../comparison.ts";
import { AMOUNTS, type Amounts, QUICK } from "./amounts.ts";
import { brokenVersions } from "./broken-versions.ts";
import { type Contender, contenders as installed } from "./contenders.ts";
import { logCpu, logLines } from "./log-lines.ts";
import { manyApps } from "./many-apps.ts";
import type { Measuring } from "./measuring.ts";
import { clearedAtSignals } from "./open-managers.ts";
import { startUp } from "./start-up.ts";
import { stubbornChild } from "./stubborn-child.ts";
import { underLoad } from "./under-load.ts";

type Part = (measuring: Measuring) => Promise<Comparison | Comparison[]>;

/** The parts by the option that selects one, such as `--part=log-cpu`. On a busy machine, the last ones are left out. */
const PARTS: Readonly<Record<string, Part>> = {
  "under-load": underLoad,
  "broken-versions": brokenVersions,
  "stubborn-child": stubbornChild,
  "start-up": startUp,
  "log-cpu": logCpu,
  "log-lines": logLines,
  "many-apps": manyApps,
};

/**
 * Measures `xsys app` and pm2 with the same Express application under the same load. `--quick`: fewer rounds.
 * `--part=NAME`: only this part.
 */
export default async function apps(
  progress: (text: string) => void,
  amounts: Amounts = process.argv.includes("--quick") ? QUICK : AMOUNTS,
  contenders: readonly Contender[] = installed(),
  parts: readonly string[] = wantedParts(),
): Promise<Comparison[]> {
  const end = performance.now() + amounts.limit;
  return clearedAtSignals(async () => {
    const comparisons: Comparison[] = [];
    for (const [name, part] of Object.entries(PARTS)) {
      if (!parts.includes(name)) continue;
      if (performance.now() < end) comparisons.push(...[await part({ contenders, amounts, progress })].flat());
      else progress(`${name} is not measured: the time is over`);
    }
    return comparisons;
  });
}

function wantedParts(): readonly string[] {
  const one = process.argv.find((word) => word.startsWith("--part="))?.slice("--part=".length);
  return one === undefined ? Object.keys(PARTS) : [one];
}
