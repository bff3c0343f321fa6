import { startTimer } from "../../protocol/timers.ts";

/** A child process, as far as its end goes. */
export interface Child {
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
  /** Sends a signal. To one that has ended already it does nothing. */
  signal(signal: NodeJS.Signals): void;
}

export interface StopOptions {
  /** What asks it to end. */
  readonly ask?: NodeJS.Signals;
  /** Milliseconds that it has for it. */
  readonly grace?: number;
}

/** Milliseconds for the kernel to end what was killed. */
const AFTER_KILL = 2_000;

/**
 * Ends a child process: asks, waits, kills. Resolves to how it ended; `unkillable` is one that does not, such as another
 * user's.
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
