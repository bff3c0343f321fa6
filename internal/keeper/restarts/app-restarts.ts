import { isDeepStrictEqual } from "node:util";
import type { AppSpec } from "../app-spec.ts";
import type { Desired } from "../desired-state.ts";
import { CronRestarts } from "./cron-restarts.ts";
import { FileRestarts } from "./file-restarts.ts";
import type { RestartDeps } from "./restart-deps.ts";

/** Restarts of an app that nobody asked for by a command. They follow what should run of it. */
export class AppRestarts {
  readonly #deps: RestartDeps;
  #wanted: readonly unknown[] = [];
  #files: FileRestarts | undefined;
  #cron: CronRestarts | undefined;

  constructor(deps: RestartDeps) {
    this.#deps = deps;
  }

  /** Called when what should run has changed, or was read from the disk. A stopped app is not restarted. */
  follow({ spec, stopped }: Desired): void {
    const wanted = stopped ? [] : causesOf(spec);
    if (isDeepStrictEqual(wanted, this.#wanted)) return;
    this.close();
    this.#wanted = wanted;
    if (!stopped && spec.watch !== undefined) this.#files = new FileRestarts(spec, this.#deps);
    if (!stopped && spec.cron !== undefined) this.#cron = new CronRestarts(spec, this.#deps);
  }

  close(): void {
    this.#wanted = [];
    this.#files?.close();
    this.#files = undefined;
    this.#cron?.close();
    this.#cron = undefined;
  }

  /** Unix time of the next restart by its cron expression, in milliseconds. */
  get nextTime(): number | undefined {
    return this.#cron?.next;
  }

  get faults(): string[] {
    return [...(this.#files?.faults ?? []), ...(this.#cron?.faults ?? [])];
  }
}

function causesOf({ watch, cron, cwd }: AppSpec): readonly unknown[] {
  return watch === undefined && cron === undefined ? [] : [watch, cron, cwd];
}
