import type { ClusterOptions } from "../cluster/options.ts";
import type { AppSpec } from "./app-spec.ts";
import { cloneEnvironment, cloneIdentity } from "./clone-environment.ts";
import { withPreload } from "./node-options.ts";

/** Longest pauses before a restart, for clones that do not start and for those that had started. In milliseconds. */
const MAX_PAUSE = 30_000;
const MAX_PAUSE_IN_SERVICE = 1_000;
/** Milliseconds in service after which the next death counts as the first. */
const STABLE_AFTER = 10_000;
/** Milliseconds between two checks of memory and CPU. */
const CHECK_INTERVAL = 5_000;

/** How the clones of an app are reached. */
interface CloneDeps {
  /** The app's listening socket. */
  readonly descriptors: readonly number[];
  /** The keeper's state folder. */
  readonly state: string;
  /** File that makes a Node application listen on the socket, or take its requests from the gateway. */
  readonly preload: string;
  /** Where the clones connect to the gateway. */
  readonly gateway?: string | undefined;
  /** The app is being stopped: nobody waits for its longest requests. */
  readonly isStopping: () => boolean;
}

/** How the clones of an app are started and supervised. */
export function cloneOptions(spec: AppSpec, deps: CloneDeps): ClusterOptions {
  const { descriptors, state, isStopping } = deps;
  const { name, clones, standbys, maxRestarts, maxMemory, maxCpu, uid, gid } = spec;
  return {
    kind: "clone",
    of: name,
    startCommand: `xsys app restart ${name}`,
    command: spec.command,
    cwd: spec.cwd,
    env: {},
    environment: () => environmentOf(spec, deps),
    identify: (id, key) => cloneIdentity(state, name, id, key),
    descriptors,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    listens: descriptors.length > 0,
    priority: 0,
    workers: clones,
    standbys,
    ...readiness(spec),
    stableFor: spec.stableFor,
    overlap: spec.front.kind !== "none",
    stopTimeout: spec.killTimeout,
    get drainTimeout() {
      return isStopping() ? Math.min(spec.drainTimeout, spec.killTimeout) : spec.drainTimeout;
    },
    respawn: spec.autorestart,
    // What is started once has done its work when it exits with 0.
    stopExitCodes: spec.autorestart ? spec.stopExitCodes : [0, ...spec.stopExitCodes],
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

function readiness({ front, readyTimeout }: AppSpec) {
  if (front.kind !== "frames") return { readyWhen: "stable", readyTimeout: Number.POSITIVE_INFINITY } as const;
  return { readyWhen: "registered", readyTimeout, notReadyHint: "no HTTP server of it listens" } as const;
}

function environmentOf({ environment, front, uid }: AppSpec, { preload, gateway }: CloneDeps): Record<string, string> {
  const env = cloneEnvironment(environment);
  if (front.kind === "none") return env;
  const port = String(front.port);
  if (gateway !== undefined) {
    return {
      PORT: port,
      XSYS_APP_PORT: "any", // its first HTTP server, whatever it listens on
      ...withPreload(env, preload),
      XSYS_FRONT_SOCKET: gateway,
      XSYS_GATEWAY: `http://${front.host}:${port}`,
    };
  }
  // Another user cannot read the preload: its application must take the socket itself.
  if (uid !== undefined && uid !== process.getuid?.()) return { PORT: port, ...env };
  return { PORT: port, ...withPreload(env, preload), XSYS_PORT: port };
}
