import type { Logger } from "../base/log.ts";
import { childProcesses } from "../facts/child-processes.ts";
import { Child } from "./child.ts";
import type { ProcessEnd } from "./end.ts";
import { groupGone } from "./group.ts";
import type { ProcessOptions } from "./options.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import type { OutputName } from "./output.ts";
import type { RunningProcess, Starter } from "./running-process.ts";
import type { Identity } from "./start.ts";
import { stopChild } from "./stop-child.ts";

/** Dependencies and callbacks that a managed process gets from its owner. */
export interface ManagedProcessOwner {
  readonly options: ProcessOptions;
  readonly log: Logger;
  /** Ends the process group if this process is killed; absent if the group outlives it. */
  readonly guard?: OrphanGuard | undefined;
  /** How the process is started. By default, as a child whose output is read through pipes. */
  readonly starter?: Starter | undefined;
  /** Called for each line of output. */
  line(stream: OutputName, line: string): void;
}

/** A process with its process group and its output. */
export class ManagedProcess {
  /** Resolves when the process has exited, or could not be started. */
  readonly exited: Promise<ProcessEnd>;
  /** Resolves when its output was read, too. */
  readonly read: Promise<void>;
  /** Resolves when its whole process group has ended. */
  readonly ended: Promise<void>;
  readonly #process: RunningProcess;
  readonly #owner: ManagedProcessOwner;
  #end: ProcessEnd | undefined;
  #wasAsked = false;
  #wasSignalled = false;
  #stopping: Promise<void> | undefined;

  constructor(identity: Identity, owner: ManagedProcessOwner) {
    this.#owner = owner;
    const line = (stream: OutputName, line: string) => owner.line(stream, line);
    this.#process = owner.starter?.(identity, line) ?? new Child(owner.options, identity, { log: owner.log, line });
    const { pid, exited } = this.#process;
    this.exited = exited;
    if (pid !== undefined) owner.guard?.add(pid);
    this.read = exited.then((end) => this.#readRest(end));
    this.ended = Promise.all([this.read, exited.then(() => this.#groupEnded())]).then(() => {
      if (pid !== undefined) owner.guard?.delete(pid);
    });
  }

  /** Undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
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
    this.#process.onSpawn(listener);
  }

  /** Sends a signal to the process and its group. */
  signal(name: NodeJS.Signals): void {
    this.#wasAsked = true;
    if (this.#end === undefined) this.#wasSignalled = true;
    const { pid } = this;
    if (pid !== undefined && (this.#end === undefined || childProcesses.isGroupRunning(pid))) {
      this.#process.signal(name);
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

  async #readRest(end: ProcessEnd): Promise<void> {
    this.#end = end;
    await this.#process.readRest();
  }
}
