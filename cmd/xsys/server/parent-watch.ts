import { readFileSync } from "node:fs";
import { callerPid } from "../caller-pid.ts";
import { parentRuntime, type Runtime } from "./parent-runtime.ts";

/** What the watch asks, and tells. */
export interface ParentWatchOwner {
  /** Whether the process that started this one has ended. */
  isParentGone(): boolean;
  /** Whether a worker is connected, or one of ours is being started. */
  hasWorker(): boolean;
  /** Milliseconds, of any beginning. */
  now(): number;
  /** Runs once, when nobody has been there for as long as `PATIENCE`. */
  onAbandoned(): void;
}

/** Milliseconds without parent and without worker. */
export const PATIENCE = 5_000;
/** How often that is looked at, in milliseconds: a look takes 2 µs. */
const INTERVAL = 500;

/**
 * Sees when nobody is left who could use an engine that an application has started beside itself: the application has
 * ended without stopping it, and no worker is connected. It would hold the port, and the next start would fail.
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
 * Tells whether the process that calls xsys now has ended, when it is asked later; or the launcher between them, which a
 * caller may end in the place of xsys.
 */
export function parentEnd(caller: number = callerPid()): () => boolean {
  const { ppid } = process;
  // Elsewhere an orphan gets another parent; on Windows it keeps the number of the one that has ended.
  const isParentGone = process.platform === "win32" ? endOf(ppid) : () => process.ppid !== ppid;
  if (caller === ppid) return isParentGone;
  const isCallerGone = endOf(caller);
  return () => isParentGone() || isCallerGone();
}

/**
 * Whether the caller of a signed start had ended before it could be looked at: an orphan's parent is the process with the
 * number 1. In a container that may be the application itself, which is told by what runs it.
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

/** What stays the same while a process runs; undefined when it does not. */
function stateOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  return process.platform === "linux" ? startOf(pid) : "running";
}

/** When it started, as another process may get its number. One that nobody has waited for yet has ended as well. */
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
