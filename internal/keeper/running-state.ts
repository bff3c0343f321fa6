import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../cluster/member.ts";
import type { KnownPort } from "./port.ts";

/** What the next keeper needs to know of a process, to take it over. */
export interface RunningClone {
  readonly id: string;
  readonly role: Role;
  readonly key: string;
  readonly pid: number;
  /** Start time in clock ticks after boot: with the pid, it identifies the process. */
  readonly start: number;
  /** Unix time of its start in milliseconds. */
  readonly startedAt: number;
  readonly wasReady: boolean;
  /** It is being stopped, or its replacement runs. */
  readonly isLeaving: boolean;
  /** On which it listens, with the front `proxy`. */
  readonly port?: number;
  /** Identifies the description of the app that it was started with (`versionOf`). */
  readonly version: string;
}

/** What runs of an app. */
export interface Running {
  readonly clones: readonly RunningClone[];
  /** Ids of clones that have ended by themselves and are not started again, with whether they ended as they should. */
  readonly over?: readonly { readonly id: string; readonly hasFinished: boolean }[];
  /** Its listening socket. */
  readonly port?: KnownPort;
}

interface Stored extends Running {
  /** Identifies the start of the machine. */
  readonly boot: string | undefined;
}

/**
 * The processes of an app, in a file for the next keeper. It is replaced atomically, but not flushed: it is of no use
 * after a restart of the machine.
 */
export class RunningStateFile {
  readonly #path: string;
  readonly #boot: string | undefined;

  constructor(folder: string, boot: string | undefined) {
    this.#path = join(folder, "running.json");
    this.#boot = boot;
  }

  /** @throws the system's error, for example if the disk is full */
  save(running: Running): void {
    const text = JSON.stringify({ boot: this.#boot, ...running } satisfies Stored);
    writeFileSync(`${this.#path}.new`, text, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  /** What ran when it was saved, since the last start of the machine. */
  load(): Running {
    try {
      const { boot, ...running } = JSON.parse(readFileSync(this.#path, "utf8")) as Stored;
      return boot === this.#boot ? running : { clones: [] };
    } catch {
      return { clones: [] }; // there is none, or it cannot be read: the processes are found by their environment
    }
  }
}
