import { command } from "../contract/command.ts";
import {
  array,
  boolean,
  defaulted,
  integer,
  json,
  nothing,
  number,
  object,
  optional,
  record,
  string,
} from "../contract/schema.ts";
import { COMMON_ERRORS, SERVICE_ERRORS } from "../errors.ts";

const since = "0.1.0";
const milliseconds = (description: string) => number({ minimum: 0, unit: "milliseconds", description });
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const count = (description: string) => integer({ minimum: 0, description });

export const ping = command("service.ping", {
  summary: "Check that the service responds.",
  params: {},
  result: object({ pid: integer(), version: string(), uptime: number({ minimum: 0, unit: "seconds" }) }),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "Ping the service", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const status = command("service.status", {
  summary: "Show service status and statistics.",
  params: {},
  result: object({
    version: string(),
    node: string(),
    pid: integer(),
    uptime: number({ minimum: 0, unit: "seconds" }),
    socket: string(),
    root: string(),
    confined: boolean({ description: "Whether access is confined to the root." }),
    draining: boolean(),
    connections: object({
      open: count("Currently open."),
      accepted: count("Accepted since the service started."),
      refused: count("Refused because of the limit, since the service started."),
    }),
    calls: object({
      in_flight: count("Calls in flight."),
      total: count("Calls completed since the service started."),
      failed: count("Completed calls that failed."),
    }),
    commands: record(
      object({
        calls: count("Calls completed since the service started."),
        failed: count("Completed calls that failed."),
        p50: milliseconds("Median duration."),
        p90: milliseconds("90th percentile of the duration."),
        p99: milliseconds("99th percentile of the duration."),
        max: milliseconds("Longest duration."),
      }),
      { description: "Statistics of each command that was called." },
    ),
    memory: object({
      rss: bytes("Resident memory."),
      heap_used: bytes("Used part of the JavaScript heap."),
      heap_total: bytes("JavaScript heap."),
      external: bytes("Memory outside the heap, such as buffers."),
    }),
    gateways: optional(
      array(
        object({
          id: string(),
          state: string({ description: "As that of a worker in `cluster status`." }),
          pid: optional(integer()),
          connections: count("Open connections of HTTP clients."),
          in_flight: count("HTTP requests that are not yet answered."),
          memory: optional(bytes("Resident memory.")),
          cpu: optional(number({ minimum: 0, description: "Percent of one processor." })),
        }),
        { description: "The gateway processes, with `server start --gateways N`." },
      ),
    ),
  }),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "Status of the service", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const commands = command("service.commands", {
  summary: "List the contracts of all commands.",
  description:
    "The command line prints a table of names and summaries. With `--json` it prints the complete contracts, from " +
    "which clients in other languages can be generated.",
  params: { module: optional(string({ description: "Only commands of this module." })) },
  positionals: ["module"],
  result: array(
    object({
      name: string(),
      summary: string(),
      description: optional(string()),
      params: json({ description: "JSON Schema of the parameters." }),
      positionals: array(string()),
      input: boolean({ description: "Whether the call takes a byte stream." }),
      output: boolean({ description: "Whether the call sends a byte stream." }),
      events: optional(
        json({ description: "JSON Schema of the events that the call sends; absent if it sends none." }),
      ),
      result: json({ description: "JSON Schema of the result." }),
      errors: array(string(), {
        description:
          `Error codes in addition to those of every command (${COMMON_ERRORS.join(", ")}) and of every call through a ` +
          `service (${SERVICE_ERRORS.join(", ")}).`,
      }),
      examples: array(json()),
      changes: boolean({ description: "Whether the call changes something." }),
      since: string(),
    }),
  ),
  columns: ["name", "summary"],
  examples: [{ title: "Commands of one module", params: { module: "path" } }],
  changes: false,
  since,
});

export const echo = command("service.echo", {
  summary: "Send the input bytes back, for measuring the speed of a connection.",
  params: {},
  input: { description: "Any bytes." },
  output: { description: "The same bytes." },
  result: object({ bytes: bytes("Bytes sent back.") }),
  examples: [{ title: "Echo a text", params: {}, input: "hello" }],
  changes: false,
  since,
});

export const stop = command("service.stop", {
  summary: "Stop the service when the calls in flight have finished, at the latest after its --drain-timeout.",
  params: {
    force: defaulted(boolean({ description: "Do not wait for calls in flight." }), false),
  },
  result: nothing(),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "Stop the service", params: {} }],
  changes: true,
  needsService: true,
  since,
});
