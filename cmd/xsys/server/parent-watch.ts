import { readFileSync } from "node:fs";
import { callerPid } from "../launcher-environment.ts";
import { parentRuntime, type Runtime } from "./parent-runtime.ts";

/** Dependencies and callback of the watch. */
export interface ParentWatchOwner {
  /** Whether the process that started this one has ended. */
  isParentGone(): boolean;
  /** Whether a worker is connected, or one of our own is being started. */
  hasWorker(): boolean;
  /** Monotonic time in milliseconds. */
  now(): number;
  /** Called once, when there has been neither parent nor worker for `PATIENCE`. */
  onAbandoned(): void;
}

/** Milliseconds without parent and worker after which the engine counts as abandoned. */
export const PATIENCE = 5_000;
/** Milliseconds between checks; a check takes 2 µs. */
const INTERVAL = 500;

/**
 * Detects an abandoned engine: the application that started it has ended without stopping it, and no worker is
 * connected. Such an engine would keep the port, and the next start would fail.
 */
export class ParentWatch {
  readonly #owner: ParentWatchOwner;
  #timer: NodeJS.Timeout | undefined;
  #since: number | undefined;

  constructor(owner: ParentWatchOwner) {
    this.#owner = owner;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  look(): void {
    const { isParentGone, hasWorker, now, onAbandoned } = this.#owner;
    if (!isParentGone() || hasWorker()) {
      this.#since = undefined;
      return;
    }
    this.#since ??= now();
    if (now() - this.#since < PATIENCE) return;
    this.stop();
    onAbandoned();
  }
}

/**
 * Returns a function that tells whether the current caller of xsys has ended, or the launcher between them, which a
 * caller may end instead of xsys.
 */
export function parentEnd(caller: number = callerPid()): () => boolean {
  const { ppid } = process;
  // On Windows an orphan keeps the id of its ended parent; elsewhere it gets another parent.
  const isParentGone = process.platform === "win32" ? endOf(ppid) : () => process.ppid !== ppid;
  if (caller === ppid) return isParentGone;
  const isCallerGone = endOf(caller);
  return () => isParentGone() || isCallerGone();
}

/**
 * Whether the caller of a signed start had already ended: the parent of an orphan is the process with id 1. In a
 * container that may be the application itself, which is recognized by its runtime.
 */
export async function isOrphan(
  caller: number = callerPid(),
  runtimeOf: (pid: number) => Promise<Runtime | undefined> = parentRuntime,
): Promise<boolean> {
  return process.platform !== "win32" && caller === 1 && (await runtimeOf(caller)) === undefined;
}

function endOf(pid: number): () => boolean {
  const first = stateOf(pid);
  return () => first === undefined || stateOf(pid) !== first;
}

/** A value that stays the same while a process runs; undefined if it does not run. */
function stateOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  return process.platform === "linux" ? startOf(pid) : "running";
}

/** Start time of a process, because its id may be reused. A zombie counts as ended. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // proc(5), from field 3 on
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
