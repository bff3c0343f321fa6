import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stopChild } from "../../internal/processes/stop-child.ts";
import { outsideVitals } from "./outside-vitals.ts";
import type { InsideVitals, Vitals } from "./vitals.ts";

const MAIN = fileURLToPath(new URL("../../cmd/xsys/main.ts", import.meta.url));
const PROBE = new URL("probe.ts", import.meta.url).href;
/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 20_000;
const UNKNOWN: InsideVitals = {
  heap: Number.NaN,
  external: Number.NaN,
  listeners: Number.NaN,
  timers: Number.NaN,
  sockets: Number.NaN,
};
/** Characters of output that are kept for error messages. */
const KEPT_OUTPUT = 8_192;

/** What is measured: an executable, or by default the sources with the probe. */
export type Program = string | undefined;

/** `xsys` in its own process, whose resource usage can be queried. Linux only. */
export class ProbedProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #hasProbe: boolean;
  readonly #ended: Promise<unknown>;
  #output = "";
  #onOutput: () => void = () => {};

  /** Starts the process. Resolves when its output matches `ready`, with the process and the match. */
  static async start(
    words: readonly string[],
    ready: RegExp,
    { cwd, program }: { readonly cwd: string; readonly program?: Program },
  ): Promise<{ process: ProbedProcess; match: RegExpExecArray }> {
    const hasProbe = program === undefined;
    const child = hasProbe
      ? spawn(process.execPath, ["--expose-gc", "--import", PROBE, MAIN, ...words], {
          cwd,
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        })
      : spawn(program, words, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const probed = new ProbedProcess(child, hasProbe);
    const match = await probed.#matches(ready);
    return { process: probed, match };
  }

  private constructor(child: ChildProcess, hasProbe: boolean) {
    this.#child = child;
    this.#hasProbe = hasProbe;
    this.#ended = once(child, "close");
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
        this.#onOutput();
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of its output. */
  get output(): string {
    return this.#output;
  }

  /** The system's figures are read first, because the probe collects garbage. */
  async vitals(): Promise<Vitals> {
    if (!this.isRunning) throw new Error(`the service has ended: ${this.#output}`);
    const outside = outsideVitals(this.pid);
    return { ...outside, ...(this.#hasProbe ? await this.#probe() : UNKNOWN) };
  }

  async #probe(): Promise<InsideVitals> {
    const answer = once(this.#child, "message");
    this.#child.send("vitals");
    const [vitals] = await Promise.race([answer, this.#death()]);
    return vitals;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isRunning) return;
    const signal = (name: NodeJS.Signals) => this.#child.kill(name);
    await stopChild({ ended: this.#ended, signal }, { ask: "SIGTERM", grace: GRACE });
  }

  async #matches(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = wanted.exec(this.#output);
      if (found !== null) return found;
      const more = new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
      await Promise.race([more, this.#death()]);
    }
  }

  async #death(): Promise<never> {
    await this.#ended;
    throw new Error(`the service has ended: ${this.#output}`);
  }
}
