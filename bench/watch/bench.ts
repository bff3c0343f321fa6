import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Comparison } from "../comparison.ts";
import { interleave, type Results } from "../rounds.ts";
import { AMOUNTS, type Amounts, FILES_IN_FOLDER, folderOf } from "./amounts.ts";
import { CONTENDERS } from "./contenders.ts";

const SAMPLE = fileURLToPath(new URL("sample.ts", import.meta.url));
/** Timeout of a sample in milliseconds. It takes about half a minute. */
const TIME_LIMIT = 300_000;
const REFERENCE = "chokidar";

/** Measures the cost of watching a tree, the latency of events, and the number of lost changes. */
export default async function watch(
  progress: (text: string) => void,
  amounts: Amounts = AMOUNTS,
): Promise<Comparison[]> {
  // On a file system in memory where there is one, so that disk activity does not affect the result.
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "xsys-bench-"));
  try {
    makeTree(folder, amounts.folders);
    const names = Object.keys(CONTENDERS);
    progress(`${amounts.folders * FILES_IN_FOLDER} files, ${amounts.rounds} rounds of ${names.join(", ")}`);
    const measures = names.map((name) => [name, () => sample(name, folder, amounts)] as const);
    const results = await interleave(new Map(measures), amounts.rounds, {
      milliseconds: amounts.milliseconds,
      progress,
    });
    return [start(results, amounts), latency(results), bursts(results, amounts)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sample(contender: string, root: string, amounts: Amounts) {
  const words = [SAMPLE, contender, root, JSON.stringify(amounts)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: TIME_LIMIT });
  return JSON.parse(stdout);
}

function makeTree(root: string, folders: number): void {
  for (let number = 0; number < folders; number++) {
    const folder = folderOf(root, number);
    mkdirSync(folder, { recursive: true });
    for (let file = 0; file < FILES_IN_FOLDER; file++) writeFileSync(join(folder, `f${file}`), "contents");
  }
}

function start(results: Results, { folders }: Amounts): Comparison {
  return {
    title: `Watching a tree of ${folders * FILES_IN_FOLDER} files in ${folders} folders; RSS of the watching process`,
    figures: [
      { name: "ready", unit: "ms" },
      { name: "RSS", unit: "MiB" },
    ],
    reference: { contender: REFERENCE, figure: "ready" },
    goals: [
      { figure: "ready", contender: REFERENCE, atMost: 1.2 },
      { figure: "RSS", contender: REFERENCE, atMost: 1.2 },
    ],
    results,
    absent: [],
  };
}

function latency(results: Results): Comparison {
  return {
    title: "Latency from a change to its event: the median of each kind, and the 99th percentile of all",
    figures: ["create", "modify", "delete", "p99"].map((name) => ({ name, unit: "ms" })),
    reference: { contender: REFERENCE, figure: "p99" },
    goals: [{ figure: "p99", contender: REFERENCE, atMost: 1.5 }],
    results,
    absent: [],
  };
}

function bursts(results: Results, { burst, flood }: Amounts): Comparison {
  return {
    title: `Lost changes, of ${burst} made at once, and of a flood of ${flood}`,
    figures: ["spread", "renames", "one folder", "new folders", "flood"].map((name) => ({ name, unit: "lost" })),
    reference: { contender: REFERENCE, figure: "flood" },
    goals: ["spread", "renames", "one folder", "new folders", "flood"].map((figure) => ({ figure, atMost: 0 })),
    results,
    absent: [],
  };
}
