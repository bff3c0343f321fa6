/** `draining`: asked to end, until its exit. `crashed`: ended without being asked to. */
export type ProcessState = "starting" | "ready" | "draining" | "stopped" | "crashed";
export type ProcessEvent = "ready" | "stop" | "fault" | "end";

/** The transitions of a process. Events without an entry are ignored: a draining process may end in any way. */
export const PROCESS_STEPS: Steps<ProcessState, ProcessEvent> = {
  starting: { ready: "ready", stop: "draining", fault: "crashed" },
  ready: { stop: "draining", fault: "crashed" },
  draining: { end: "stopped" },
  stopped: {},
  crashed: {},
};

/**
 * A member without a process is waiting for its next start (`backing-off`), was stopped or has finished (`stopped`),
 * crashed while respawning is off (`crashed`), or is no longer started after `maxRestarts` failures (`hopeless`).
 */
export type MemberState = "starting" | "ready" | "draining" | "stopped" | "crashed" | "backing-off" | "hopeless";
/**
 * `lost`: its process was lost. `succeeded`: the same, but a successor is already starting. `finish`: its process has
 * ended with a status after which it is not started again.
 */
export type MemberEvent = "start" | "ready" | "stop" | "end" | "lost" | "succeeded" | "leave" | "finish" | "give-up";

export const MEMBER_STEPS: Steps<MemberState, MemberEvent> = {
  stopped: { start: "starting" },
  starting: { ready: "ready", stop: "draining", lost: "backing-off", succeeded: "starting", leave: "crashed" },
  ready: { stop: "draining", lost: "backing-off", succeeded: "starting", leave: "crashed" },
  draining: { end: "stopped" },
  crashed: { start: "starting", stop: "stopped" },
  "backing-off": { start: "starting", stop: "stopped", finish: "stopped", "give-up": "hopeless" },
  hopeless: { start: "starting", stop: "stopped" },
};

type Steps<S extends string, E extends string> = Readonly<Record<S, Readonly<Partial<Record<E, S>>>>>;

/** A state machine, defined by a table of transitions. */
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

  /** Applies an event. Returns whether it caused a transition. */
  take(event: E): boolean {
    const next = this.#steps[this.#now][event];
    if (next !== undefined) this.#now = next;
    return next !== undefined;
  }
}
