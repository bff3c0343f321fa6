import { resolve } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import type { AppDefinition, Duration, Size, Strategy } from "../app-definition.ts";
import type { AppPlace } from "./app-place.ts";
import { placeOf } from "./place-of.ts";

interface Clones {
  readonly count?: number | string;
  readonly strategy?: Strategy;
  readonly mode?: Strategy;
  readonly balance?: boolean;
}

/** An app as OWN_SCHEMA accepts it. */
interface OwnApp extends Omit<AppDefinition, "clones"> {
  readonly ignore_watch?: string | readonly string[];
  readonly cron_restart?: AppDefinition["cron"];
  readonly clones?: number | string | Clones;
  readonly cloneStrategy?: Clones;
  readonly build?: { readonly entry?: string };
  readonly resources?: { readonly memory?: Size; readonly cpu?: number | string };
  readonly crash?: {
    readonly autoRestart?: boolean;
    readonly maxRestarts?: number;
    readonly restartDelay?: Duration;
  };
  readonly logging?: { readonly rotate?: { readonly maxSize?: Size; readonly maxFiles?: number } };
  readonly advanced?: { readonly gracefulShutdown?: Duration };
}

/** An app of `xsys.config.*` that was checked. @throws INVALID_DATA if something is given in two ways */
export function ownDefinition(app: OwnApp, place: AppPlace): AppDefinition {
  const { clones, cloneStrategy, build = {}, resources = {}, crash = {}, logging = {}, advanced = {} } = app;
  const asGroup = typeof clones === "object" ? clones : undefined;
  const group = either(place, ["clones", asGroup], ["cloneStrategy", cloneStrategy]) ?? {};
  const number = typeof clones === "object" ? undefined : clones;
  return {
    ...plainFields(app),
    cwd: resolve(place.folder, app.cwd ?? "."),
    env: { ...app.env, ...place.ofEnvironment },
    entry: either(place, ["entry", app.entry], ["build.entry", build.entry]),
    clones: either(place, ["clones", number], ["cloneStrategy.count", group.count]),
    strategy: either(
      place,
      ["strategy", app.strategy],
      ["clones.strategy", group.strategy],
      ["cloneStrategy.mode", group.mode],
    ),
    balance: either(place, ["balance", app.balance], ["clones.balance", group.balance]),
    maxMemory: either(place, ["maxMemory", app.maxMemory], ["resources.memory", resources.memory]),
    maxCpu: either(place, ["maxCpu", app.maxCpu], ["resources.cpu", resources.cpu]),
    autorestart: either(place, ["autorestart", app.autorestart], ["crash.autoRestart", crash.autoRestart]),
    maxRestarts: either(place, ["maxRestarts", app.maxRestarts], ["crash.maxRestarts", crash.maxRestarts]),
    restartDelay: either(place, ["restartDelay", app.restartDelay], ["crash.restartDelay", crash.restartDelay]),
    killTimeout: either(
      place,
      ["killTimeout", app.killTimeout],
      ["advanced.gracefulShutdown", advanced.gracefulShutdown],
    ),
    cron: either(place, ["cron", app.cron], ["cron_restart", app.cron_restart]),
    ignoreWatch: either(place, ["ignoreWatch", app.ignoreWatch], ["ignore_watch", app.ignore_watch]),
    log: either(place, ["log", app.log], ["logging.rotate", logging.rotate]),
  };
}

/** The fields that have only one name. */
function plainFields(app: OwnApp): AppDefinition {
  const { name, command, args, interpreter, nodeArgs, envFile, uid, gid, watch, watchDelay, after, warmup } = app;
  const { front, host, port, stableFor, readyTimeout, drainTimeout, stopExitCodes } = app;
  return {
    ...{ name, command, args, interpreter, nodeArgs, envFile, uid, gid, watch, watchDelay, after, warmup },
    ...{ front, host, port, stableFor, readyTimeout, drainTimeout, stopExitCodes },
  };
}

/** The one value that is given. */
function either<T>(
  { file, path }: AppPlace,
  ...values: readonly (readonly [name: string, value: T | undefined])[]
): T | undefined {
  const [first, second] = values.filter(([, value]) => value !== undefined);
  if (first === undefined || second === undefined) return first?.[1];
  const [one, other] = [first, second].map(([name]) => placeOf([...path, ...name.split(".")]));
  throw new XsysError("INVALID_DATA", `${file}: ${one} and ${other} mean the same: give only one of them`);
}
