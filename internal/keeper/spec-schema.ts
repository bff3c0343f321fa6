import {
  anyOf,
  array,
  boolean,
  integer,
  number,
  object,
  oneOf,
  optional,
  record,
  type Schema,
  string,
} from "../../protocol/contract/schema.ts";
import { XsysError } from "../../protocol/errors.ts";
import { checkOf } from "../base/schema-check.ts";
import { APP_NAME, type AppSpec, MAX_CLONES } from "./app-spec.ts";

/** The longest times and the largest sizes that are accepted: a year, and 1 PiB. */
const MAX_TIME = 366 * 86_400_000;
const MAX_SIZE = 2 ** 50;
const MAX_ID = 2 ** 32 - 2;

const text = string({ minLength: 1, maxLength: 131_072 });
const time = number({ minimum: 0, maximum: MAX_TIME });
const variables = record(string({ maxLength: 131_072 }));

export const APP_SPEC: Schema<AppSpec> = object({
  name: string({ pattern: APP_NAME.source }),
  command: array(string({ maxLength: 131_072 }), { minItems: 1, maxItems: 1_000 }),
  cwd: text,
  environment: object({ base: variables, file: optional(text), own: variables }),
  front: anyOf([
    object({ kind: oneOf(["none", "auto"]) }),
    object({
      kind: oneOf(["socket", "frames", "proxy"]),
      host: text,
      port: integer({ minimum: 1, maximum: 65_535 }),
      isLearned: optional(boolean()),
    }),
  ]),
  clones: integer({ minimum: 1, maximum: MAX_CLONES }),
  standbys: integer({ minimum: 0, maximum: MAX_CLONES }),
  stableFor: time,
  readyTimeout: time,
  drainTimeout: time,
  killTimeout: time,
  autorestart: boolean(),
  stopExitCodes: array(integer({ minimum: 0, maximum: 255 }), { maxItems: 256 }),
  maxRestarts: optional(integer({ minimum: 0 })),
  restartDelay: time,
  maxMemory: optional(number({ minimum: 1, maximum: MAX_SIZE })),
  maxCpu: optional(number({ minimum: 1 })),
  uid: optional(integer({ minimum: 0, maximum: MAX_ID })),
  gid: optional(integer({ minimum: 0, maximum: MAX_ID })),
  log: object({
    maxSize: integer({ minimum: 1, maximum: MAX_SIZE }),
    maxFiles: integer({ minimum: 0, maximum: 1_000 }),
  }),
  cron: optional(text),
  after: optional(array(string({ pattern: APP_NAME.source }), { maxItems: 1_000 })),
  warmup: optional(array(text, { maxItems: 1_000 })),
  watch: optional(
    object({
      paths: array(text, { minItems: 1, maxItems: 1_000 }),
      ignore: array(string({ maxLength: 4_096 }), { maxItems: 1_000 }),
      delay: time,
    }),
  ),
}) as unknown as Schema<AppSpec>;

const check = checkOf(APP_SPEC);

/** @throws INVALID_PARAMS for anything that is not an AppSpec */
export function parseAppSpec(value: unknown): AppSpec {
  const found = check(value);
  if (found === undefined) return value as AppSpec;
  const field = found.path.slice(1).replaceAll("/", ".") || "the description of the app";
  throw new XsysError("INVALID_PARAMS", `${field} ${found.message}`);
}
