import { command } from "../contract/command.ts";
import {
  array,
  boolean,
  defaulted,
  integer,
  json,
  number,
  object,
  optional,
  record,
  string,
  tolerant,
} from "../contract/schema.ts";

const since = "0.1.0";
const count = (description: string) => integer({ minimum: 0, description });
const patterns = (description: string) =>
  optional(array(json(), { maxItems: 200, description: `${description} Entries that are not strings are ignored.` }));

export const updateConfig = command("console.update-config", {
  summary: "Configure how an application's console messages are processed.",
  description:
    "XyPriss sends its whole interception configuration; fields that are not listed here are accepted and ignored. A " +
    "configuration applies to the whole service until the next configuration replaces it. If a configuration is " +
    "rejected, the previous one remains in effect. The patterns in `filters` (such as `excludePatterns`) are " +
    "case-insensitive regular expressions in RE2 syntax, matched in linear time against the first 4,096 characters " +
    "of a message. A pattern that is not a valid expression is treated as literal text and listed in the result.",
  params: {
    enabled: optional(boolean({ description: "When false, messages are returned unchanged." })),
    interceptMethods: optional(
      array(string(), {
        description:
          "Console methods that the client intercepts. This has no effect in the service, which processes every " +
          "message that it receives.",
      }),
    ),
    maxInterceptionsPerSecond: defaulted(
      number({
        minimum: 0,
        description: "Maximum number of messages per fixed one-second window; further messages are suppressed.",
      }),
      100,
    ),
    encryption: optional(
      tolerant(
        object(
          {
            enabled: optional(boolean()),
            key: optional(string({ description: "Raw key of 16, 24 or 32 bytes." })),
            algorithm: optional(
              string({
                description: "A name of AES-GCM, such as `aes-256-gcm`. The key length depends only on `key`.",
              }),
            ),
          },
          {
            description:
              'Key with which messages are encrypted, as JSON: `{"enabled":true,"key":"<16, 24 or 32 bytes>"}`. An ' +
              "encrypted message is the base64 of nonce (12 bytes), ciphertext and tag (16 bytes).",
          },
        ),
      ),
    ),
    filters: optional(
      tolerant(
        object(
          {
            minLevel: optional(
              string({
                description: "Minimum level: `debug`, `info`, `warn` or `error`; messages below it are suppressed.",
              }),
            ),
            maxLength: optional(count("Maximum length in characters; longer messages are truncated. 0 for no limit.")),
            includePatterns: patterns("If given, messages that match none of these patterns are suppressed."),
            excludePatterns: patterns("Messages that match one of these patterns are suppressed."),
            userAppPatterns: patterns("Messages that match one of these patterns are labelled USERAPP."),
            systemPatterns: patterns("Other messages that match one of these patterns are labelled SYSTEM."),
          },
          {
            description: 'Which messages are let through, and how they are labelled, as JSON: `{"minLevel":"warn"}`.',
          },
        ),
      ),
    ),
  },
  tolerant: true,
  result: object({
    literal_patterns: array(
      object({ pattern: string(), reason: string({ description: "Why it is not a valid expression." }) }),
      {
        description: "Patterns that are treated as literal text.",
      },
    ),
  }),
  errors: ["UNSUPPORTED", "UNAVAILABLE"],
  examples: [
    {
      title: "At most ten messages a second, none about health checks",
      params: { maxInterceptionsPerSecond: 10, filters: { excludePatterns: ["GET /health"] } },
    },
  ],
  changes: true,
  needsService: true,
  since,
});

export const intercept = command("console.intercept", {
  summary: "Apply the configured filters, prefix, limit and encryption to one message.",
  description: "An empty `processed` means that the message is suppressed.",
  params: {
    message: string({ description: "The logged message." }),
    level: defaulted(string({ maxLength: 64, description: "Console method, such as `warn`." }), "log"),
    worker_id: defaulted(count("Id of the worker that logged the message."), 0),
  },
  positionals: ["message"],
  result: object({
    processed: string({ description: "`HH:MM:SS.mmm [USERAPP|SYSTEM|OTHER][W<id>] <message>`, or empty." }),
    level: string({ description: "Level as given." }),
  }),
  errors: ["NOT_FOUND", "UNAVAILABLE"],
  examples: [{ title: "A warning", params: { message: "disk is filling up", level: "warn", worker_id: 2 } }],
  changes: true,
  needsService: true,
  since,
});

export const getStats = command("console.get-stats", {
  summary: "Show how many console messages were processed.",
  params: {},
  result: object({
    data: record(count("Number of messages."), {
      description: "Messages let through, by level; unknown levels count as `other`.",
    }),
    intercepted: count("Messages let through."),
    suppressed: object({
      by_rate: count("Messages suppressed by the limit per second."),
      by_filter: count("Messages suppressed by level or pattern."),
    }),
  }),
  errors: ["UNAVAILABLE"],
  examples: [{ title: "Message counts", params: {} }],
  changes: false,
  needsService: true,
  since,
});
