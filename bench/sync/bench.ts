import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serveXsys } from "../calls/xsys.ts";
import type { Comparison } from "../comparison.ts";
import { interleave } from "../rounds.ts";
import { CONTENDERS } from "./contenders.ts";

const SAMPLE = fileURLToPath(new URL("sample.ts", import.meta.url));
/** Timeout of a sample in milliseconds. It takes about half a second. */
const TIME_LIMIT = 60_000;

/** Measures a blocking call, compared with other ways of making one. */
export default async function sync(progress: (text: string) => void, rounds = 7): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  const socket = join(folder, "s");
  const service = spawn(process.execPath, serveXsys(socket), { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(service.stdout, "data");
    await sample("xsys", socket); // warms up the service, which all samples share
    progress(`${rounds} rounds of ${Object.keys(CONTENDERS).join(", ")}`);
    const measures = Object.keys(CONTENDERS).map((name) => [name, () => sample(name, socket)] as const);
    return [comparison(await interleave(new Map(measures), rounds, { progress }))];
  } finally {
    service.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes a sample in its own process. */
async function sample(contender: string, socket: string) {
  const { stdout } = await promisify(execFile)(process.execPath, [SAMPLE, contender, socket], { timeout: TIME_LIMIT });
  return JSON.parse(stdout);
}

function comparison(results: Comparison["results"]): Comparison {
  const reference = "execFileSync /bin/true";
  return {
    title: "A blocking call: path.join; the first call includes the connection or the start of the thread",
    figures: [
      { name: "p50", unit: "µs" },
      { name: "p99", unit: "µs" },
      { name: "first call", unit: "ms" },
    ],
    reference: { contender: reference, figure: "p50" },
    goals: [
      { figure: "p50", contender: reference, atMost: 1 / 20 },
      { figure: "first call", atMost: 5 },
    ],
    results,
    absent: [],
  };
}
