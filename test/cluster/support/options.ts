import { fileURLToPath } from "node:url";
import type { ClusterOptions } from "../../../internal/cluster/options.ts";
import { xyprissEnvironment } from "../../../internal/cluster/xypriss-environment.ts";

/** Timeouts are long enough for a busy machine. Tests of a timeout set a shorter one. */
export const AMPLE: Omit<ClusterOptions, "command" | "cwd"> = {
  env: {},
  ...xyprissEnvironment(),
  workers: 1,
  standbys: 0,
  readyWhen: "registered",
  readyTimeout: 60_000,
  drainTimeout: 60_000,
  stopTimeout: 60_000,
  respawn: true,
  backoff: { first: 20, most: 100, mostInService: 100 },
  stableAfter: 60_000,
  checkInterval: 60_000,
  hardLimits: false,
  intelligence: false,
  priority: 0,
  pingInterval: 0,
  pingTimeout: 60_000,
};

/** A program in test/fixtures/workers, as a command. */
export function worker(name: string): [string, string] {
  return [process.execPath, fileURLToPath(new URL(`../../fixtures/workers/${name}.ts`, import.meta.url))];
}

/** A shell script, as a command. `args` are $1 and so on. */
export function script(text: string, ...args: string[]): [string, ...string[]] {
  return ["sh", "-c", text, "sh", ...args];
}
