import { startTimer } from "../../protocol/timers.ts";

/** The part of a child process that is needed to stop it. */
export interface Child {
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
  /** Sends a signal. Does nothing if the process has ended. */
  signal(signal: NodeJS.Signals): void;
}

export interface StopOptions {
  /** The signal that asks the process to end. */
  readonly ask?: NodeJS.Signals;
  /** Milliseconds that the process has to end before it is killed. */
  readonly grace?: number;
}

/** Milliseconds for the kernel to end a killed process. */
const AFTER_KILL = 2_000;

/**
 * Ends a child process: asks it, waits, then kills it. Resolves to how it ended; `unkillable` if it did not end, for
 * example because it belongs to another user.
 */
export async function stopChild(
  child: Child,
  { ask = "SIGTERM", grace = 5_000 }: StopOptions = {},
): Promise<"asked" | "killed" | "unkillable"> {
  child.signal(ask);
  if (await endedWithin(child, grace)) return "asked";
  child.signal("SIGKILL");
  return (await endedWithin(child, AFTER_KILL)) ? "killed" : "unkillable";
}

async function endedWithin({ ended }: Child, milliseconds: number): Promise<boolean> {
  const overdue = Promise.withResolvers<false>();
  const timer = startTimer(() => overdue.resolve(false), milliseconds);
  try {
    return await Promise.race([ended.then(() => true), overdue.promise]);
  } finally {
    clearTimeout(timer);
  }
}
