import type { ClusterOptions } from "../cluster/options.ts";
import type { AppSpec } from "./app-spec.ts";
import { cloneEnvironment, cloneIdentity } from "./clone-environment.ts";
import { withPreload } from "./listen-preload.ts";

/** Longest pauses before a restart, for clones that do not start and for those that had started. In milliseconds. */
const MAX_PAUSE = 30_000;
const MAX_PAUSE_IN_SERVICE = 1_000;
/** Milliseconds in service after which the next death counts as the first. */
const STABLE_AFTER = 10_000;
/** Milliseconds between two checks of memory and CPU. */
const CHECK_INTERVAL = 5_000;

interface CloneDeps {
  /** The app's listening socket. */
  readonly descriptors: readonly number[];
  /** The keeper's state folder. */
  readonly state: string;
  /** File that makes a Node application listen on the socket. */
  readonly preload: string;
}

/** How the clones of an app are started and supervised. */
export function cloneOptions(spec: AppSpec, { descriptors, state, preload }: CloneDeps): ClusterOptions {
  const { name, clones, standbys, maxRestarts, maxMemory, maxCpu, uid, gid } = spec;
  return {
    kind: "clone",
    of: name,
    startCommand: `xsys app restart ${name}`,
    command: spec.command,
    cwd: spec.cwd,
    env: {},
    environment: () => environmentOf(spec, preload),
    identify: (id, key) => cloneIdentity(state, name, id, key),
    descriptors,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    listens: descriptors.length > 0,
    priority: 0,
    workers: clones,
    standbys,
    readyWhen: "stable",
    stableFor: spec.stableFor,
    readyTimeout: Number.POSITIVE_INFINITY,
    overlap: spec.front.kind !== "none",
    stopTimeout: spec.killTimeout,
    drainTimeout: 0,
    respawn: spec.autorestart,
    stopExitCodes: spec.stopExitCodes,
    backoff: { first: spec.restartDelay, most: MAX_PAUSE, mostInService: MAX_PAUSE_IN_SERVICE },
    stableAfter: STABLE_AFTER,
    ...(maxRestarts !== undefined && { maxRestarts }),
    ...(maxMemory !== undefined && { maxMemory }),
    ...(maxCpu !== undefined && { maxCpu }),
    checkInterval: CHECK_INTERVAL,
    hardLimits: true,
    intelligence: false,
    pingInterval: 0,
    pingTimeout: 0,
  };
}

/** Another user cannot read the preload: its application must take the socket itself. */
function environmentOf({ environment, front, uid }: AppSpec, preload: string): Record<string, string> {
  const env = cloneEnvironment(environment);
  if (front.kind === "none" || (uid !== undefined && uid !== process.getuid?.())) return env;
  return withPreload(env, { preload, port: front.port });
}
