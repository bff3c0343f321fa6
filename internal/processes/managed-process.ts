import type { ChildProcess } from "node:child_process";
import { explainStart } from "../../protocol/start-failure.ts";
import type { Logger } from "../base/log.ts";
import { childProcesses } from "../facts/child-processes.ts";
import type { ProcessEnd } from "./end.ts";
import { groupGone, signalGroup } from "./group.ts";
import type { ProcessOptions } from "./options.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import { type OutputName, ProcessOutput } from "./output.ts";
import { type Identity, startProcess } from "./start.ts";
import { attemptOf } from "./start-failure.ts";
import { stopChild } from "./stop-child.ts";

/** Milliseconds to read the rest of a pipe after its writer has ended. A process of another group may hold it open. */
const LAST_OUTPUT = 200;

/** Dependencies and callbacks that a managed process gets from its owner. */
export interface ManagedProcessOwner {
  readonly options: ProcessOptions;
  readonly log: Logger;
  /** Ends the process group if the service is killed. */
  readonly guard: OrphanGuard;
  /** Called for each line of output. */
  line(stream: OutputName, line: string): void;
}

/** A child process with its process group and its output. */
export class ManagedProcess {
  /** Resolves when the process has exited, or could not be started. */
  readonly exited: Promise<ProcessEnd>;
  /** Resolves when its output was read, too. */
  readonly read: Promise<void>;
  /** Resolves when its whole process group has ended. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess | undefined;
  readonly #owner: ManagedProcessOwner;
  readonly #output: ProcessOutput | undefined;
  #end: ProcessEnd | undefined;
  #wasAsked = false;
  #wasSignalled = false;
  #stopping: Promise<void> | undefined;

  constructor(identity: Identity, owner: ManagedProcessOwner) {
    this.#owner = owner;
    const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
    this.exited = promise;
    try {
      this.#child = startProcess(owner.options, identity, owner.log);
      this.#output = this.#read(this.#child, identity);
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.on("error", (error) => {
        const why = explainStart(error, attemptOf(owner.options));
        if (this.pid === undefined) resolve({ code: null, signal: null, error: why });
      });
    } catch (error) {
      resolve({ code: null, signal: null, error: error as Error });
    }
    if (this.pid !== undefined) owner.guard.add(this.pid);
    this.read = promise.then((end) => this.#outputRead(end));
    this.ended = Promise.all([this.read, promise.then(() => this.#groupEnded())]).then(() => {
      if (this.pid !== undefined) owner.guard.delete(this.pid);
    });
  }

  /** Undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** Whether this service sent it a signal while it was running. Signals to its remaining group do not count. */
  get wasSignalled(): boolean {
    return this.#wasSignalled;
  }

  /** Calls the listener when the program has started. */
  onSpawn(listener: () => void): void {
    this.#child?.once("spawn", listener);
  }

  /** Sends a signal to the process and its group. */
  signal(name: NodeJS.Signals): void {
    this.#wasAsked = true;
    if (this.#end === undefined) this.#wasSignalled = true;
    if (this.#child !== undefined && (this.#end === undefined || childProcesses.isGroupRunning(this.pid ?? 0))) {
      signalGroup(this.#child, name);
    }
  }

  /** Asks the process to end, and kills it if it does not. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { log, options } = this.#owner;
    const { pid } = this;
    const child = { ended: this.exited, signal: (name: NodeJS.Signals) => this.signal(name) };
    const outcome = this.#end === undefined ? await stopChild(child, { grace: options.stopTimeout }) : "asked";
    if (outcome === "killed") log.warn({ pid }, `process ${pid} did not end within ${options.stopTimeout} ms: killed`);
    if (outcome === "unkillable") log.error({ pid }, `process ${pid} did not end after SIGKILL`);
    else await this.ended;
  }

  #read(child: ChildProcess, { name, fields }: Identity): ProcessOutput {
    const { log } = this.#owner;
    return new ProcessOutput(child, {
      line: (stream, line) => this.#owner.line(stream, line),
      flood: (dropped) => log.warn({ ...fields, dropped }, `${name} prints too fast: ${dropped} lines were dropped`),
    });
  }

  /** Ends the processes that it left behind. They have the same time to exit. */
  async #groupEnded(): Promise<void> {
    const { pid } = this;
    if (pid === undefined || !childProcesses.isGroupRunning(pid)) return;
    const over = new AbortController();
    const group = { ended: groupGone(pid, over.signal), signal: (name: NodeJS.Signals) => this.signal(name) };
    // Many programs abort their shutdown when they get a second SIGTERM.
    await stopChild(group, { ask: this.#wasAsked ? "SIGCONT" : "SIGTERM", grace: this.#owner.options.stopTimeout });
    over.abort();
  }

  async #outputRead(end: ProcessEnd): Promise<void> {
    this.#end = end;
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
