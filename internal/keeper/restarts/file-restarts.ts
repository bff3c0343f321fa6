import { relative } from "node:path";
import { startTimer } from "../../../protocol/timers.ts";
import type { AppSpec } from "../app-spec.ts";
import { ignoredPaths } from "./ignored-paths.ts";
import { LoopGuard } from "./loop-guard.ts";
import type { RestartDeps } from "./restart-deps.ts";

/** Milliseconds after the first change at which it is restarted even if changes go on. */
const LONGEST_WAIT = 2_000;
/** Pauses until files that could not be watched are tried again, in milliseconds. They double. */
const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 60_000;

/**
 * Restarts an app when its files change: when nothing has changed for `watch.delay`, with at most one restart in
 * progress and one waiting.
 */
export class FileRestarts {
  readonly #spec: AppSpec;
  readonly #deps: RestartDeps;
  readonly #closed = new AbortController();
  readonly #guard = new LoopGuard();
  /** When the first and the last of the pending changes were seen, by performance.now(). */
  #firstAt = 0;
  #lastAt = 0;
  #isRestarting = false;
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryPause = FIRST_RETRY;
  /** Why its files are not watched. */
  #failure: string | undefined;

  constructor(spec: AppSpec, deps: RestartDeps) {
    this.#spec = spec;
    this.#deps = deps;
    void this.#watch();
  }

  get faults(): string[] {
    const path = this.#guard.loopPath;
    return [
      ...(this.#failure === undefined ? [] : [`its files are not watched: ${this.#failure}`]),
      ...(path === undefined
        ? []
        : [
            `${this.#shown(path)} changes after each restart, so the app seems to write it: restarts by changes of ` +
              "files wait up to 30 s; exclude it by --ignore-watch",
          ]),
    ];
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
  }

  async #watch(): Promise<void> {
    const { paths = [] } = this.#spec.watch ?? {};
    const { signal } = this.#closed;
    try {
      const { changedFiles } = await import("./changed-files.ts"); // only loaded if an app needs it
      const ignore = ignoredPaths(this.#spec, this.#deps.state);
      for await (const path of changedFiles({ paths, ignore, signal, ready: () => this.#whenReady() })) {
        this.#changed(path);
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #whenReady(): void {
    this.#failure = undefined;
    this.#retryPause = FIRST_RETRY;
    this.#deps.log.info(`the files of ${this.#spec.name} are watched`);
  }

  /** The app goes on, and watching is tried again. */
  #fail(error: unknown): void {
    const failure = (error as Error).message;
    if (failure !== this.#failure) this.#deps.log.error({ err: error }, `${this.#spec.name} is not watched`);
    this.#failure = failure;
    this.#retry = startTimer(() => void this.#watch(), this.#retryPause);
    this.#retryPause = Math.min(LONGEST_RETRY, this.#retryPause * 2);
  }

  #changed(path: string): void {
    this.#lastAt = performance.now();
    if (this.#guard.pending.length === 0) this.#firstAt = this.#lastAt;
    this.#guard.add(path);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isRestarting || this.#closed.signal.aborted) return;
    const { delay = 0 } = this.#spec.watch ?? {};
    const calm = Math.min(this.#lastAt + delay, this.#firstAt + Math.max(delay, LONGEST_WAIT));
    const due = Math.max(calm, this.#firstAt + this.#guard.pause);
    clearTimeout(this.#timer);
    this.#timer = startTimer(() => void this.#restart(), Math.ceil(due - performance.now()));
  }

  async #restart(): Promise<void> {
    const [first = "", ...others] = this.#guard.pending;
    this.#isRestarting = true;
    this.#guard.begin();
    const further = others.length === 0 ? "" : ` and ${others.length} more`;
    await this.#deps.restart(`${this.#shown(first)}${further} changed`);
    this.#guard.end();
    this.#isRestarting = false;
    if (this.#guard.pending.length > 0) this.#schedule();
  }

  /** For messages: relative to the working directory, without control characters. */
  #shown(path: string): string {
    const below = relative(this.#spec.cwd, path);
    return (below.startsWith("..") || below === "" ? path : below).replaceAll(/\p{Cc}/gu, "?");
  }
}
