import type { ClusterOptions } from "../../cluster/options.ts";
import type { AppSpec } from "../app-spec.ts";
import { cloneIdentity } from "../clone-environment.ts";

/** Stands for the gateway where processes are named by their app. No app can have this name. */
export const GATEWAY = "@gateway";

/** Milliseconds that a gateway has to answer the requests in progress when it is replaced. */
const DRAIN = 70_000;
/** Milliseconds for a gateway to connect to the keeper after its start. */
const READY_TIMEOUT = 30_000;

/** The gateway process, described as the clone of an app is. */
export function gatewaySpec(command: readonly [string, ...string[]]): AppSpec {
  return {
    ...{ name: GATEWAY, command, cwd: "/", environment: { base: {}, own: {} }, front: { kind: "none" } },
    ...{ clones: 1, standbys: 0, stableFor: 0, killTimeout: DRAIN, autorestart: true, stopExitCodes: [] },
    ...{ readyTimeout: READY_TIMEOUT, drainTimeout: 0, restartDelay: 10 },
    log: { maxSize: 0, maxFiles: 0 },
  };
}

/** What is computed at each start. */
interface Changing {
  readonly descriptors: () => readonly number[];
  readonly env: () => Readonly<Record<string, string>>;
}

/** How the gateway process is started and supervised. */
export function gatewayCloneOptions(
  { command, cwd, killTimeout }: AppSpec,
  state: string,
  { descriptors, env }: Changing,
): ClusterOptions {
  return {
    ...{ kind: "gateway", command, cwd, priority: 0 },
    get env() {
      return env();
    },
    get descriptors() {
      return descriptors();
    },
    // The gateway is the keeper's own program, which takes no options from there.
    notInherited: ["NODE_OPTIONS"],
    identify: (id, key) => cloneIdentity(state, GATEWAY, id, key),
    ...{ workers: 1, standbys: 0, respawn: true },
    ...{ readyWhen: "registered", readyTimeout: READY_TIMEOUT, drainTimeout: 0, stopTimeout: killTimeout },
    backoff: { first: 10, most: 30_000, mostInService: 1_000 },
    ...{ stableAfter: 10_000, checkInterval: 5_000, hardLimits: false, intelligence: false },
    ...{ pingInterval: 2_000, pingTimeout: 10_000 },
  };
}
