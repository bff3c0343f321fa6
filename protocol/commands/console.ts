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
  optional(array(json(), { maxItems: 200, description: `${description} What is no text is passed over.` }));

export const updateConfig = command("console.update-config", {
  summary: "Say how an application's console messages are to be worked on.",
  description:
    "XyPriss sends its whole interception configuration; what is not listed here is taken and ignored. It holds for the service, " +
    "whoever set it, until the next one; one that is refused leaves the one before. Patterns are regular expressions in RE2's " +
    "syntax, without regard to case, matched in time linear in the message, of which the first 4,096 characters count. " +
    "A pattern that is no such expression is taken as literal text, and the result names it.",
  params: {
    enabled: optional(boolean({ description: "When false, messages are given back as they are." })),
    interceptMethods: optional(
      array(string(), { description: "Console methods that the client takes over; every message is worked on." }),
    ),
    maxInterceptionsPerSecond: defaulted(
      number({ minimum: 0, description: "Messages over it, in a fixed window of a second, are suppressed." }),
      100,
    ),
    encryption: optional(
      tolerant(
        object(
          {
            enabled: optional(boolean()),
            key: optional(string({ description: "The key itself: 16, 24 or 32 bytes." })),
            algorithm: optional(string({ description: "AES-GCM, whatever its name says of the key's length." })),
          },
          { description: "The message becomes base64 of nonce (12 bytes), ciphertext and tag (16 bytes)." },
        ),
      ),
    ),
    filters: optional(
      tolerant(
        object(
          {
            minLevel: optional(
              string({ description: "`debug`, `info`, `warn` or `error`: what is below is suppressed." }),
            ),
            maxLength: optional(count("Characters; a longer message is cut. 0 is no limit.")),
            includePatterns: patterns("When there are some, a message that none matches is suppressed."),
            excludePatterns: patterns("A message that one matches is suppressed."),
            userAppPatterns: patterns("A message that one matches is USERAPP."),
            systemPatterns: patterns("Else, a message that one matches is SYSTEM."),
          },
          { description: "What is let through, and how it is named." },
        ),
      ),
    ),
  },
  tolerant: true,
  result: object({
    literal_patterns: array(
      object({ pattern: string(), reason: string({ description: "Why it is no expression." }) }),
      {
        description: "Patterns that are taken as literal text.",
      },
    ),
  }),
  errors: ["UNSUPPORTED"],
  examples: [
    {
      title: "Ten messages a second, none of health checks",
      params: { maxInterceptionsPerSecond: 10, filters: { excludePatterns: ["GET /health"] } },
    },
  ],
  changes: true,
  needsService: true,
  since,
});

export const intercept = command("console.intercept", {
  summary: "Work on one console message.",
  description: "An empty `processed` means that the message is not to be shown.",
  params: {
    message: string({ description: "What was logged." }),
    level: defaulted(string({ maxLength: 64, description: "The console's method, such as `warn`." }), "log"),
    worker_id: defaulted(count("Of the worker that logged it."), 0),
  },
  positionals: ["message"],
  result: object({
    processed: string({ description: "`HH:MM:SS.mmm [USERAPP|SYSTEM|OTHER][W<id>] <message>`, or empty." }),
    level: string({ description: "As given." }),
  }),
  errors: ["NOT_FOUND"],
  examples: [{ title: "A warning", params: { message: "disk is filling up", level: "warn", worker_id: 2 } }],
  changes: true,
  needsService: true,
  since,
});

export const getStats = command("console.get-stats", {
  summary: "How many console messages were worked on.",
  params: {},
  result: object({
    data: record(count("Messages."), { description: "Let through, by level; levels that no console has are `other`." }),
    intercepted: count("Let through."),
    suppressed: object({
      by_rate: count("Over the limit per second."),
      by_filter: count("By level or pattern."),
    }),
  }),
  examples: [{ title: "So far", params: {} }],
  changes: false,
  needsService: true,
  since,
});
