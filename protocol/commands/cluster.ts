import { command } from "../contract/command.ts";
import {
  array,
  boolean,
  defaulted,
  integer,
  nothing,
  number,
  object,
  oneOf,
  optional,
  string,
} from "../contract/schema.ts";

const since = "0.1.0";
const count = (description: string) => integer({ minimum: 0, description });
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const seconds = (description: string) => number({ minimum: 0, unit: "seconds", description });
const time = number({ minimum: 0, unit: "unix-seconds", description: "With fractions." });
const id = string({ minLength: 1, maxLength: 32, description: "A member: 0, 1, …" });
const OF_A_CLUSTER = "It is about the workers of a service that was started with some: `xsys server start --cluster`.";

export const status = command("cluster.status", {
  summary: "The workers: which are ready, what they use, how often they were started again.",
  description: OF_A_CLUSTER,
  params: {},
  result: object({
    workers: count("Members that are to be active."),
    ready: count("Members that are active and ready."),
    standbys: count("Members that are to be ready beside them."),
    restarts: count("Processes started in place of others, since the start."),
    crashes: count("Processes that ended unasked, since the start."),
    members: array(
      object({
        id: string(),
        role: oneOf(["active", "standby"], {
          description: "A standby is given no work until it takes another's place.",
        }),
        state: oneOf(["starting", "ready", "draining", "stopped", "crashed", "backing-off", "hopeless"], {
          description: "One that is `hopeless` was given up after `--max-restarts`; `cluster restart` starts it again.",
        }),
        replacing: boolean({ description: "A process to take the place of this one is being started." }),
        pid: optional(integer()),
        uptime: optional(seconds("Of the process.")),
        memory: optional(bytes("Resident, with what it started, at the last check.")),
        cpu: optional(number({ minimum: 0, unit: "percent", description: "Of one processor, up to the last check." })),
        in_flight: count("Requests that it has not answered."),
        restarts: count("Processes of this member after its first."),
        last_end: optional(string({ description: "How its last process ended that was not asked to." })),
        failed_starts: count("Starts in a row that ended before the worker was ready."),
        reason: optional(string({ description: "Why the last of them failed." })),
        next_start: optional(seconds("Until it is started again, while it is `backing-off`.")),
      }),
    ),
  }),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "How they do", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const restart = command("cluster.restart", {
  summary: "Replace workers one after the other; each goes when its successor is ready and its requests are answered.",
  description:
    "A successor that does not get ready ends it there: the worker it was to replace goes on, and so do those after it. " +
    `A member that is stopped, or was given up, is started.\n\n${OF_A_CLUSTER}`,
  params: { id: optional(id) },
  positionals: ["id"],
  events: object({ id: string(), pid: optional(integer({ description: "Of its process now." })) }),
  result: object({ replaced: count("Members.") }),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [
    { title: "All of them", params: {} },
    { title: "One", params: { id: "0" } },
  ],
  changes: true,
  needsService: true,
  since,
});

export const stop = command("cluster.stop", {
  summary: "Stop a worker when its requests are answered; `cluster restart` with its id starts it again.",
  description: OF_A_CLUSTER,
  params: { id },
  positionals: ["id"],
  result: nothing(),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [{ title: "The second", params: { id: "1" } }],
  changes: true,
  needsService: true,
  since,
});

export const logs = command("cluster.logs", {
  summary: "The last lines that workers printed, and those to come.",
  description:
    "Of each member 200 lines are kept, of whichever process of it. A worker that prints more than 2,000 lines a second " +
    `loses the rest. Whoever follows and is behind by more than 1,000 lines misses some.\n\n${OF_A_CLUSTER}`,
  params: {
    id: optional(id),
    lines: defaulted(integer({ minimum: 0, maximum: 200, description: "Of each member, of those kept." }), 20),
    follow: defaulted(boolean({ description: "Go on with what comes, until it is cancelled." }), false),
  },
  positionals: ["id"],
  events: object({ time, id: string(), stream: oneOf(["stdout", "stderr"]), line: string() }),
  result: object({
    lines: count("Sent."),
    skipped: count("Left out, because whoever reads was behind."),
  }),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [{ title: "Of all", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const crashes = command("cluster.crashes", {
  summary: "Workers that ended unasked, the latest first: when, how, and what they were at.",
  description: `The last 100 are kept.\n\n${OF_A_CLUSTER}`,
  params: { limit: defaulted(integer({ minimum: 1, maximum: 100, description: "At the most." }), 20) },
  result: array(
    object({
      time,
      id: string(),
      pid: optional(integer({ description: "Absent where it could not be started." })),
      reason: string({ description: "How it ended." }),
      cause: optional(string({ description: "Of a process that did not get ready: why, as far as its output tells." })),
      exit_code: optional(integer()),
      signal: optional(string()),
      uptime: seconds("How long it lived."),
      memory: optional(bytes("Resident, at the last check.")),
      in_flight: count("Requests that it had not answered."),
      requests: array(
        object({
          method: string(),
          path: string(),
          query: optional(string({ description: "The beginning of it, of a request that was convicted." })),
          verdict: optional(
            oneOf(["suspect", "convicted"], {
              description: "Of requests at a worker's own death: it may be the cause, or is known to end workers.",
            }),
          ),
          age: number({ minimum: 0, unit: "milliseconds", description: "Since it was given to the worker." }),
        }),
        { description: "Ten of them: what was convicted first, then the oldest." },
      ),
      last_lines: array(string(), { description: "The last 20 that it printed." }),
    }),
  ),
  columns: ["time", "id", "pid", "uptime", "memory", "in_flight", "reason"],
  errors: ["UNAVAILABLE"],
  examples: [{ title: "The last one", params: { limit: 1 } }],
  changes: false,
  needsService: true,
  since,
});
