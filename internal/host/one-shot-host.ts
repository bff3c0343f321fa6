import { resolve } from "node:path";
import type { Host } from "../base/context.ts";
import { confinedResolver, freeResolver } from "../base/root.ts";
import type { TaskRunner } from "../base/task-runner.ts";
import { VERSION } from "../base/version.ts";
import { InPlaceRunner } from "../work/in-place.ts";
import { tasks } from "./tasks.ts";

/** Maximum size of an answer in bytes, for commands in this process: the limit of strings and JSON.parse. */
const MAX_RESULT = 400 * 1024 * 1024;

export interface OneShotOptions {
  readonly root: string;
  readonly confined?: boolean;
  readonly logDefect?: Host["logDefect"];
}

/** Creates the host of a command that runs in the caller's own process, where it may block the event loop. */
export function oneShotHost({ root, confined = false, logDefect = printDefect }: OneShotOptions): Host {
  const absolute = resolve(root);
  return {
    version: VERSION,
    root: absolute,
    confined,
    maxResult: MAX_RESULT,
    tasks: inPlaceRunner(),
    resolvePath: confined ? confinedResolver(absolute) : freeResolver(absolute),
    logDefect,
  };
}

function printDefect(error: unknown, command: string): void {
  process.stderr.write(
    `xsys: unexpected error in ${command}: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
}

/** Runs tasks in the calling thread, those with a time limit in a thread of their own. */
export function inPlaceRunner(): TaskRunner {
  return new InPlaceRunner(tasks, async () => (await import("./thread-runner.ts")).threadRunner({ threads: 1 }));
}
