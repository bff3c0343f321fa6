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
const time = number({ minimum: 0, unit: "unix-seconds", description: "Includes fractions of a second." });
const id = string({ minLength: 1, maxLength: 32, description: "Worker id: 0, 1, …" });
const OF_A_CLUSTER = "Requires a service that was started with workers: `xsys server start --cluster`.";

export const status = command("cluster.status", {
  summary: "Show the state, resource usage and restarts of each worker.",
  description: OF_A_CLUSTER,
  params: {},
  result: object({
    workers: count("Configured number of active workers."),
    ready: count("Active workers that are ready."),
    standbys: count("Configured number of standbys."),
    restarts: count("Processes started to replace others, since the service started."),
    crashes: count("Unexpected process exits since the service started."),
    members: array(
      object({
        id: string(),
        role: oneOf(["active", "standby"], {
          description: "A standby receives no work until it replaces an active worker.",
        }),
        state: oneOf(["starting", "ready", "draining", "stopped", "crashed", "backing-off", "hopeless"], {
          description:
            "`hopeless`: a failed start was repeated `--max-restarts` times, and the worker is no longer started " +
            "until `cluster restart`.",
        }),
        replacing: boolean({ description: "A replacement for this process is being started." }),
        pid: optional(integer()),
        uptime: optional(seconds("Time since the process started.")),
        memory: optional(bytes("Resident memory of the process and its children, at the last check.")),
        cpu: optional(
          number({
            minimum: 0,
            unit: "percent",
            description: "CPU usage in percent of one processor, at the last check.",
          }),
        ),
        in_flight: count("Requests in flight."),
        restarts: count("Processes started for this worker after the first."),
        last_end: optional(
          string({ description: "Exit status, signal or other reason of this worker's last unexpected end." }),
        ),
        failed_starts: count("Consecutive starts that ended before the worker was ready."),
        reason: optional(string({ description: "Why the last start failed." })),
        next_start: optional(seconds("Time until the next start, in the state `backing-off`.")),
      }),
    ),
  }),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "Worker status", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const restart = command("cluster.restart", {
  summary: "Restart workers one at a time: start the replacement, wait until it is ready, then stop the old worker.",
  description:
    "When the replacement is ready, the old worker gets no new requests. It is stopped when it has answered the " +
    "requests that it already has, and after `--drain-timeout` at the latest. If a replacement does not become " +
    "ready, the restart stops: the old worker and all workers that were not restarted yet keep running. A worker in " +
    "the state `hopeless` (see `--max-restarts`) is started again. A stopped worker is started only if its id is " +
    "given." +
    `\n\n${OF_A_CLUSTER}`,
  params: { id: optional(id) },
  positionals: ["id"],
  events: object({ id: string(), pid: optional(integer({ description: "Process id of the new process." })) }),
  result: object({ replaced: count("Number of workers replaced.") }),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [
    { title: "All workers", params: {} },
    { title: "One worker", params: { id: "0" } },
  ],
  changes: true,
  needsService: true,
  since,
});

export const stop = command("cluster.stop", {
  summary: "Stop a worker once its requests are answered.",
  description: `\`cluster restart\` with the same id starts it again.\n\n${OF_A_CLUSTER}`,
  params: { id },
  positionals: ["id"],
  result: nothing(),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [{ title: "The second worker", params: { id: "1" } }],
  changes: true,
  needsService: true,
  since,
});

export const logs = command("cluster.logs", {
  summary: "Show the latest output of workers, and optionally follow it.",
  description:
    "The last 200 lines of each worker are kept, also across its restarts. If a worker prints more than 2,000 lines " +
    "in a second, the lines beyond that are dropped. With `follow`, lines are skipped if the reader is more than " +
    `1,000 lines behind.\n\n${OF_A_CLUSTER}`,
  params: {
    id: optional(id),
    lines: defaulted(integer({ minimum: 0, maximum: 200, description: "Number of lines to show per worker." }), 20),
    follow: defaulted(boolean({ description: "Keep sending new lines until cancelled." }), false),
  },
  positionals: ["id"],
  events: object({ time, id: string(), stream: oneOf(["stdout", "stderr"]), line: string() }),
  result: object({
    lines: count("Lines sent."),
    skipped: count("Lines skipped because the reader was behind."),
  }),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [{ title: "All workers", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const crashes = command("cluster.crashes", {
  summary: "List crashes and failed starts of workers, with their cause and the requests in flight, newest first.",
  description: `The last 100 crashes and failed starts are kept.\n\n${OF_A_CLUSTER}`,
  params: { limit: defaulted(integer({ minimum: 1, maximum: 100, description: "Maximum number of results." }), 20) },
  result: array(
    object({
      time,
      id: string(),
      pid: optional(integer({ description: "Absent if the process could not be started." })),
      reason: string({ description: "How the process ended." }),
      cause: optional(string({ description: "Why the process did not become ready, as far as its output shows." })),
      exit_code: optional(integer()),
      signal: optional(string()),
      uptime: seconds("Lifetime of the process."),
      memory: optional(bytes("Resident memory at the last check.")),
      in_flight: count("Requests in flight when the process ended."),
      requests: array(
        object({
          method: string(),
          path: string(),
          query: optional(string({ description: "Beginning of the query; only for a `convicted` request." })),
          verdict: optional(
            oneOf(["suspect", "convicted"], {
              description:
                "`suspect`: the request may be the cause of the crash. `convicted`: it is known to crash workers.",
            }),
          ),
          age: number({
            minimum: 0,
            unit: "milliseconds",
            description: "Time since the request was sent to the worker.",
          }),
        }),
        { description: "Up to ten requests: convicted ones first, then the oldest." },
      ),
      last_lines: array(string(), { description: "The last 20 lines of output." }),
    }),
  ),
  columns: ["time", "id", "pid", "uptime", "memory", "in_flight", "reason"],
  errors: ["UNAVAILABLE"],
  examples: [{ title: "The most recent one", params: { limit: 1 } }],
  changes: false,
  needsService: true,
  since,
});
