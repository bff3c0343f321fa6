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

const since = "0.1.0";
const milliseconds = (description: string) => number({ minimum: 0, unit: "milliseconds", description });
const bytes = (description: string) => integer({ minimum: 0, unit: "bytes", description });
const count = (description: string) => integer({ minimum: 0, description });

export const ping = command("service.ping", {
  summary: "Ask the service for a sign of life.",
  params: {},
  result: object({ pid: integer(), version: string(), uptime: number({ minimum: 0, unit: "seconds" }) }),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "Is it there", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const status = command("service.status", {
  summary: "What the service is, holds and has done.",
  params: {},
  result: object({
    version: string(),
    node: string(),
    pid: integer(),
    uptime: number({ minimum: 0, unit: "seconds" }),
    socket: string(),
    root: string(),
    confined: boolean({ description: "Nothing outside the root is touched." }),
    draining: boolean(),
    connections: object({
      open: count("Now."),
      accepted: count("Since the start."),
      refused: count("Over the limit, since the start."),
    }),
    calls: object({
      in_flight: count("Now."),
      total: count("Ended since the start."),
      failed: count("Of these, ended with an error."),
    }),
    commands: record(
      object({
        calls: count("Ended since the start."),
        failed: count("Of these, ended with an error."),
        p50: milliseconds("Half took at most this long."),
        p90: milliseconds("90 % took at most this long."),
        p99: milliseconds("99 % took at most this long."),
        max: milliseconds("The longest."),
      }),
      { description: "By command, those that were called." },
    ),
    memory: object({
      rss: bytes("Resident."),
      heap_used: bytes("JavaScript objects."),
      heap_total: bytes("JavaScript heap."),
      external: bytes("Buffers and the like."),
    }),
  }),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "How it does", params: {} }],
  changes: false,
  needsService: true,
  since,
});

export const commands = command("service.commands", {
  summary: "Every command's contract as JSON: what a client in another language is generated from.",
  params: { module: optional(string({ description: "Commands of that module alone." })) },
  positionals: ["module"],
  result: array(
    object({
      name: string(),
      summary: string(),
      description: optional(string()),
      params: json({ description: "JSON Schema of the parameters." }),
      positionals: array(string()),
      input: boolean({ description: "The call takes a byte stream." }),
      output: boolean({ description: "The call sends a byte stream." }),
      events: optional(
        json({ description: "JSON Schema of the events that the call sends; absent when it sends none." }),
      ),
      result: json({ description: "JSON Schema of the result." }),
      errors: array(string()),
      examples: array(json()),
      changes: boolean({ description: "The call changes something." }),
      since: string(),
    }),
  ),
  columns: ["name", "summary"],
  examples: [{ title: "Of one module", params: { module: "path" } }],
  changes: false,
  since,
});

export const echo = command("service.echo", {
  summary: "Send the input bytes back: what a link can carry.",
  params: {},
  input: { description: "Any bytes." },
  output: { description: "The same bytes." },
  result: object({ bytes: bytes("Sent back.") }),
  examples: [{ title: "There and back", params: {}, input: "hello" }],
  changes: false,
  since,
});

export const stop = command("service.stop", {
  summary: "Stop the service: calls in flight finish, then it ends.",
  params: {
    force: defaulted(boolean({ description: "Do not wait for calls in flight." }), false),
  },
  result: nothing(),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "Stop it", params: {} }],
  changes: true,
  needsService: true,
  since,
});
