import { resolve } from "node:path";
import type { AppDefinition, Duration, Size } from "../app-definition.ts";
import { isForNode } from "../interpreters.ts";
import type { AppPlace } from "./app-place.ts";
import { placeOf } from "./place-of.ts";
import { PM2_ALIASES } from "./pm2-schema.ts";

/** An app as PM2_SCHEMA accepts it. */
interface Pm2App
  extends Pick<AppDefinition, "name" | "args" | "cwd" | "interpreter" | "env" | "uid" | "gid" | "watch"> {
  readonly script?: string;
  readonly instances?: number | string;
  readonly exec_mode?: string;
  readonly node_args?: string | readonly string[];
  readonly port?: number | string;
  readonly env_file?: string;
  readonly max_memory_restart?: Size;
  readonly autorestart?: boolean;
  readonly stop_exit_codes?: number | readonly number[];
  readonly max_restarts?: number;
  readonly min_uptime?: Duration;
  readonly restart_delay?: Duration;
  readonly exp_backoff_restart_delay?: Duration;
  readonly kill_timeout?: Duration;
  readonly source_map_support?: boolean;
  readonly ignore_watch?: string | readonly string[];
  readonly watch_delay?: Duration;
  readonly cron_restart?: AppDefinition["cron"];
}

/** An app of pm2's configuration that was checked, and warnings. */
export function pm2Definition(
  fields: Readonly<Record<string, unknown>>,
  place: AppPlace,
): { readonly definition: AppDefinition; readonly warnings: string[] } {
  const app: Pm2App = withMainNames(fields);
  const env = { ...(app.port !== undefined && { PORT: app.port }), ...app.env, ...place.ofEnvironment };
  const { name, args, interpreter, uid, gid } = app;
  const { front, warnings } = frontOf(app, env.PORT, place);
  const definition = {
    ...{ name, entry: app.script, args, interpreter, nodeArgs: nodeArgsOf(app), uid, gid, env, ...front },
    cwd: resolve(place.folder, app.cwd ?? "."),
    envFile: app.env_file,
    clones: app.instances,
    maxMemory: app.max_memory_restart,
    autorestart: app.autorestart,
    stopExitCodes: app.stop_exit_codes,
    maxRestarts: app.max_restarts,
    stableFor: app.min_uptime,
    restartDelay: app.exp_backoff_restart_delay ?? app.restart_delay,
    killTimeout: app.kill_timeout,
    cron: app.cron_restart,
    watch: app.watch,
    ignoreWatch: app.ignore_watch,
    watchDelay: app.watch_delay,
  };
  return { definition, warnings };
}

/** The app with the main name of each field. A field that is given by two names keeps the value of the main one. */
function withMainNames(app: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const others = Object.entries(app).map(([name, value]) => [aliasOf(name) ?? name, value] as const);
  const main = Object.entries(app).filter(([name]) => aliasOf(name) === undefined);
  return Object.fromEntries([...others, ...main]);
}

function aliasOf(name: string): string | undefined {
  return Object.hasOwn(PM2_ALIASES, name) ? PM2_ALIASES[name] : undefined;
}

/**
 * In pm2's cluster mode all processes of an app share its port, which the keeper needs to know. As under pm2, it listens on
 * all addresses.
 */
function frontOf(
  { exec_mode: mode }: Pm2App,
  port: unknown,
  { path }: AppPlace,
): { readonly front: Pick<AppDefinition, "front" | "host" | "port">; readonly warnings: string[] } {
  if (!/^cluster/.test(mode ?? "fork")) return { front: {}, warnings: [] };
  if (typeof port !== "number" && typeof port !== "string") {
    const place = placeOf([...path, "exec_mode"]);
    return { front: {}, warnings: [`${place} has no effect without a port: add port, or PORT to env`] };
  }
  return { front: { host: "0.0.0.0", port }, warnings: [] };
}

function nodeArgsOf({ script = "", interpreter = "node", node_args: args = [], source_map_support: maps }: Pm2App) {
  if (maps !== true || interpreter !== "node" || !isForNode(script)) return args.length === 0 ? undefined : args;
  return typeof args === "string" ? `${args} --enable-source-maps` : [...args, "--enable-source-maps"];
}
