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
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  readonly program?: Host["program"];
  readonly logDefect?: Host["logDefect"];
}

/** Creates the host of a command that runs in the caller's own process, where it may block the event loop. */
export function oneShotHost({
  root,
  confined = false,
  env = process.env,
  program,
  logDefect = printDefect,
}: OneShotOptions): Host {
  return {
    version: VERSION,
    ...rootedAt(root, confined),
    env,
    program,
    get cwd() {
      return process.cwd();
    },
    maxResult: MAX_RESULT,
    tasks: inPlaceRunner(),
    logDefect,
  };
}

/** Options of a command line that runs in a service. */
export interface CommandLineOptions extends Required<Omit<OneShotOptions, "program">> {
  readonly cwd: string;
}

/** Creates the host of a command line that a service runs as the caller's process would: in the service's threads. */
export function commandLineHost(
  { maxResult, tasks, program }: Host,
  { root, confined, env, cwd, logDefect }: CommandLineOptions,
): Host {
  return { version: VERSION, ...rootedAt(root, confined), env, cwd, maxResult, tasks, program, logDefect };
}

function rootedAt(root: string, confined: boolean): Pick<Host, "root" | "confined" | "resolvePath"> {
  const absolute = resolve(root);
  return {
    root: absolute,
    confined,
    resolvePath: confined ? confinedResolver(absolute) : freeResolver(absolute),
  };
}

function printDefect(error: unknown, command: string): void {
  process.stderr.write(`${defectText(error, command)}\n`);
}

/** The line that a one-shot command prints for an unexpected error. */
export function defectText(error: unknown, command: string): string {
  return `xsys: unexpected error in ${command}: ${error instanceof Error ? error.stack : String(error)}`;
}

/** Runs tasks in the calling thread, those with a time limit in a thread of their own. */
export function inPlaceRunner(): TaskRunner {
  return new InPlaceRunner(tasks, async () => (await import("./thread-runner.ts")).threadRunner({ threads: 1 }));
}
