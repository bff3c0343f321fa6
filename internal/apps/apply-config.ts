import { XsysError } from "../../protocol/errors.ts";
import type { Host } from "../base/context.ts";
import type { AppSpec } from "../keeper/app-spec.ts";
import { inStartOrder, refuseImpossibleOrder } from "../keeper/start-order.ts";
import { loadConfig } from "./config/load-config.ts";
import { type AppsDiff, diffApps } from "./diff-apps.ts";
import type { KeeperClient } from "./keeper-client.ts";
import { nodeOf } from "./node-of.ts";
import { refuseConflicts } from "./refuse-conflicts.ts";
import { resolveApp } from "./resolve-app.ts";

export interface ConfigChoice {
  /** A configuration file, or a directory with one. */
  readonly path: string;
  /** Chooses `env_NAME` of the apps. */
  readonly envName?: string | undefined;
  /** Also delete the apps that it does not name. */
  readonly prune?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What a configuration changes. */
export interface ConfigPlan extends AppsDiff {
  readonly file: string;
  readonly warnings: readonly string[];
}

/** Apps that are started at the same time. */
const AT_ONCE = 4;

/** Compares a configuration with what runs. @throws the errors of `loadConfig`, `resolveApp` and `refuseConflicts` */
export async function planConfig(host: Host, keeper: KeeperClient, choice: ConfigChoice): Promise<ConfigPlan> {
  const { env, cwd } = host;
  const { path, envName, prune = false, signal } = choice;
  const node = () => nodeOf(host);
  const { file, apps, warnings } = await loadConfig(path, { env, cwd, envName, node, signal });
  const wanted: AppSpec[] = [];
  for (const app of apps) wanted.push(await resolveApp(app, { env, cwd, node }));
  refuseConflicts(wanted);
  const desired = await keeper.call("keeper.desired", {}, signal);
  const names = new Set(wanted.map(({ name }) => name));
  const others = prune ? [] : desired.flatMap(({ spec }) => (names.has(spec.name) ? [] : spec));
  refuseImpossibleOrder([...wanted, ...others], wanted);
  const stopped = new Set(desired.filter((each) => each.stopped).map(({ spec }) => spec.name));
  const diff = diffApps(
    desired.map(({ spec }) => spec),
    keepingBase(wanted, desired),
  );
  const changes = new Map(diff.changed.map((change) => [change.name, change]));
  const isNew = new Set(diff.started.map(({ name }) => name));
  return {
    file,
    warnings,
    started: wanted.filter(({ name }) => isNew.has(name) || stopped.has(name)),
    changed: wanted.flatMap((spec) => {
      const change = stopped.has(spec.name) ? undefined : changes.get(spec.name);
      return change === undefined ? [] : [{ ...change, wanted: spec }];
    }),
    removed: diff.removed,
    kept: diff.kept.filter((name) => !stopped.has(name)),
  };
}

/**
 * Makes the apps of a configuration run as it says.
 * @throws UNAVAILABLE with the reasons if apps do not start, after all others were started
 */
export async function applyConfig(host: Host, keeper: KeeperClient, choice: ConfigChoice): Promise<ConfigPlan> {
  const { prune, signal } = choice;
  const plan = await planConfig(host, keeper, choice);
  if (prune) for (const name of plan.removed) await keeper.call("keeper.delete", { name }, signal);
  const specs = inStartOrder([...plan.changed.map(({ wanted }) => wanted), ...plan.started]);
  const done = new Map<string, Promise<void>>();
  const failures: string[] = [];
  const startOne = async (spec: AppSpec) => {
    await keeper.call("keeper.start", { spec }, signal).catch((error: Error) => {
      signal?.throwIfAborted();
      failures.push(error.message);
    });
  };
  const startNext = async (): Promise<void> => {
    for (let spec = specs.shift(); spec !== undefined; spec = specs.shift()) {
      const before = (spec.after ?? []).map((name) => done.get(name));
      const start = Promise.allSettled(before).then(() => startOne(spec));
      done.set(spec.name, start);
      await start;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, startNext));
  if (failures.length === 0) return plan;
  const number = plan.changed.length + plan.started.length;
  const what = `${failures.length} of ${number} apps did not start`;
  throw new XsysError("UNAVAILABLE", `${what}: ${failures.join("; ")}`, { details: { failures } });
}

/** The shell from which a configuration is applied does not count: its environment is used when something else changes. */
function keepingBase(wanted: readonly AppSpec[], desired: readonly { readonly spec: AppSpec }[]): AppSpec[] {
  const current = new Map(desired.map(({ spec }) => [spec.name, spec]));
  return wanted.map((spec) => {
    const base = current.get(spec.name)?.environment.base;
    return base === undefined ? spec : { ...spec, environment: { ...spec.environment, base } };
  });
}
