/** `draining` is asked to end, from its last requests to its exit; a crash is every end that was not asked for. */
export type ProcessState = "starting" | "ready" | "draining" | "stopped" | "crashed";
export type ProcessEvent = "ready" | "stop" | "fault" | "end";

/** What becomes of a process. What has no line changes nothing: one that is asked to end may do so in any way. */
export const PROCESS_STEPS: Steps<ProcessState, ProcessEvent> = {
  starting: { ready: "ready", stop: "draining", fault: "crashed" },
  ready: { stop: "draining", fault: "crashed" },
  draining: { end: "stopped" },
  stopped: {},
  crashed: {},
};

/**
 * A member without a process waits for its next one (`backing-off`), is stopped, was left crashed (no respawn), or was given
 * up after `maxRestarts` (`hopeless`).
 */
export type MemberState = "starting" | "ready" | "draining" | "stopped" | "crashed" | "backing-off" | "hopeless";
/** `lost` is its process, and `succeeded` the same where the next one is being started already. */
export type MemberEvent = "start" | "ready" | "stop" | "end" | "lost" | "succeeded" | "leave" | "give-up";

export const MEMBER_STEPS: Steps<MemberState, MemberEvent> = {
  stopped: { start: "starting" },
  starting: { ready: "ready", stop: "draining", lost: "backing-off", succeeded: "starting", leave: "crashed" },
  ready: { stop: "draining", lost: "backing-off", succeeded: "starting", leave: "crashed" },
  draining: { end: "stopped" },
  crashed: { start: "starting", stop: "stopped" },
  "backing-off": { start: "starting", stop: "stopped", "give-up": "hopeless" },
  hopeless: { start: "starting", stop: "stopped" },
};

type Steps<S extends string, E extends string> = Readonly<Record<S, Readonly<Partial<Record<E, S>>>>>;

/** Where something stands by a table of steps. */
export class StateMachine<S extends string, E extends string> {
  readonly #steps: Steps<S, E>;
  #now: S;

  constructor(steps: Steps<S, E>, first: S) {
    this.#steps = steps;
    this.#now = first;
  }

  get now(): S {
    return this.#now;
  }

  /** Whether the event changed anything. */
  take(event: E): boolean {
    const next = this.#steps[this.#now][event];
    if (next !== undefined) this.#now = next;
    return next !== undefined;
  }
}
