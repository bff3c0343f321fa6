import type { ChildProcess } from "node:child_process";
import { explainStart } from "../../protocol/start-failure.ts";
import type { Logger } from "../base/log.ts";
import type { ProcessEnd } from "./end.ts";
import { signalGroup } from "./group.ts";
import type { ProcessOptions } from "./options.ts";
import { type OutputName, ProcessOutput } from "./output.ts";
import type { RunningProcess } from "./running-process.ts";
import { type Identity, startProcess } from "./start.ts";
import { attemptOf } from "./start-failure.ts";

/** Milliseconds to read the rest of a pipe after its writer has ended. A process of another group may hold it open. */
const LAST_OUTPUT = 200;

/** A child process whose output is read through pipes. */
export class Child implements RunningProcess {
  readonly exited: Promise<ProcessEnd>;
  readonly #child: ChildProcess | undefined;
  readonly #output: ProcessOutput | undefined;

  constructor(
    options: ProcessOptions,
    identity: Identity,
    { log, line }: { readonly log: Logger; line(stream: OutputName, line: string): void },
  ) {
    const { name, fields } = identity;
    const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
    this.exited = promise;
    try {
      this.#child = startProcess(options, identity, log);
      this.#output = new ProcessOutput(this.#child, {
        line,
        flood: (dropped) => log.warn({ ...fields, dropped }, `${name} prints too fast: ${dropped} lines were dropped`),
      });
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.on("error", (error) => {
        const why = explainStart(error, attemptOf(options));
        if (this.pid === undefined) resolve({ code: null, signal: null, error: why });
      });
    } catch (error) {
      resolve({ code: null, signal: null, error: error as Error });
    }
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  onSpawn(listener: () => void): void {
    this.#child?.once("spawn", listener);
  }

  signal(name: NodeJS.Signals): void {
    signalGroup(this.pid, name);
  }

  async readRest(): Promise<void> {
    const child = this.#child;
    const streams = [child?.stdout, child?.stderr].filter((stream) => stream != null);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LAST_OUTPUT);
    child?.once("close", () => resolve());
    if (streams.every((stream) => stream.closed)) resolve();
    await promise;
    clearTimeout(timer);
    for (const stream of streams) stream.destroy();
    this.#output?.end();
  }
}
