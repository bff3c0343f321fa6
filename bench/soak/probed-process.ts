import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stopChild } from "../../internal/processes/stop-child.ts";
import type { Vitals } from "./vitals.ts";

const MAIN = fileURLToPath(new URL("../../cmd/xsys/main.ts", import.meta.url));
const PROBE = new URL("probe.ts", import.meta.url).href;
/** Milliseconds to end when asked. */
const GRACE = 20_000;
/** Characters of output that are kept to be told when it fails. */
const KEPT_OUTPUT = 8_192;

/** `xsys` in a process of its own, whose vital signs can be asked for (Linux). */
export class ProbedProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";
  #heard: () => void = () => {};

  /** Starts it; resolves with it when it has printed what shows that it is ready, and what that was. */
  static async start(
    words: readonly string[],
    ready: RegExp,
    options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
  ): Promise<{ process: ProbedProcess; told: RegExpExecArray }> {
    const child = spawn(process.execPath, ["--expose-gc", "--import", PROBE, MAIN, ...words], {
      ...options,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const probed = new ProbedProcess(child);
    const told = await probed.#says(ready);
    return { process: probed, told };
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, "close");
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
        this.#heard();
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last of what it has printed. */
  get output(): string {
    return this.#output;
  }

  async vitals(): Promise<Vitals> {
    if (!this.isRunning) throw new Error(`the service has ended: ${this.#output}`);
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

  async #says(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = wanted.exec(this.#output);
      if (found !== null) return found;
      const heard = new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
      await Promise.race([heard, this.#death()]);
    }
  }

  async #death(): Promise<never> {
    await this.#ended;
    throw new Error(`the service has ended: ${this.#output}`);
  }
}
