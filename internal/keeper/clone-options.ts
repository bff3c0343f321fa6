import type { ClusterOptions } from "../cluster/options.ts";
import { canHoldSockets } from "../ipc/held-socket.ts";
import type { AppSpec, Front } from "./app-spec.ts";
import { CLONE_PORT, cloneEnvironment, cloneIdentity } from "./clone-environment.ts";
import type { ClonePorts } from "./clone-ports.ts";
import { withPreload } from "./node-options.ts";

/** Longest pauses before a restart, for clones that do not start and for those that had started. In milliseconds. */
const MAX_PAUSE = 30_000;
const MAX_PAUSE_IN_SERVICE = 1_000;
/** Milliseconds in service after which the next death counts as the first. */
const STABLE_AFTER = 10_000;
/** Milliseconds between two checks of memory and CPU. */
const CHECK_INTERVAL = 5_000;

/** How the clones of an app are reached. It may change while they run, so it is asked at each start. */
interface CloneDeps {
  /** The app's listening socket. */
  readonly descriptors: readonly number[];
  /** The keeper's state folder. */
  readonly state: string;
  /** The keeper's socket. */
  readonly keeper: string;
  readonly ports: ClonePorts;
  /** File that makes a Node application listen on the socket, or take its requests from the gateway. */
  readonly preload: string;
  /** Where the clones connect to the gateway. */
  readonly gateway: string | undefined;
  /** The app is being stopped: nobody waits for its longest requests. */
  readonly isStopping: boolean;
}

/** How the clones of an app are started and supervised. */
export function cloneOptions(spec: AppSpec, deps: CloneDeps): ClusterOptions {
  const { name, clones, standbys, maxRestarts, maxMemory, maxCpu, uid, gid } = spec;
  return {
    kind: "clone",
    of: name,
    startCommand: `xsys app restart ${name}`,
    command: spec.command,
    cwd: spec.cwd,
    env: {},
    environment: () => environmentOf(spec, deps),
    identify: (id, key) => ({ ...cloneIdentity(deps.state, name, id, key), ...portOf(spec, key, deps.ports) }),
    get descriptors() {
      return deps.descriptors;
    },
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    get listens() {
      // With `proxy`, a clone has the socket only for the next keeper, which takes it from there.
      return deps.descriptors.length > 0 && spec.front.kind !== "proxy";
    },
    priority: 0,
    workers: clones,
    standbys,
    get readyWhen() {
      return deps.gateway === undefined ? "stable" : "registered";
    },
    get readyTimeout() {
      return deps.gateway === undefined ? Number.POSITIVE_INFINITY : spec.readyTimeout;
    },
    portHint: portHintOf(spec.front),
    notReadyHint:
      spec.front.kind === "proxy"
        ? "none of its processes listens on the port that it got as PORT"
        : "no HTTP server of it listens",
    stableFor: spec.stableFor,
    get overlap() {
      return deps.descriptors.length > 0;
    },
    ...(spec.warmup !== undefined && { warmUp: spec.warmup }),
    stopTimeout: spec.killTimeout,
    get drainTimeout() {
      return deps.isStopping ? Math.min(spec.drainTimeout, spec.killTimeout) : spec.drainTimeout;
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

function portHintOf(front: Front): string | undefined {
  switch (front.kind) {
    case "proxy":
      return "each process must listen on the port that it gets as PORT";
    case "socket":
      return (
        `the keeper has opened port ${front.port}; the program must take it as descriptor 3 (LISTEN_FDS), or, with ` +
        "--front proxy, listen on the port that it gets as PORT"
      );
    default:
      return undefined;
  }
}

/** With the front `proxy`: the port of one process. */
function portOf({ front }: AppSpec, key: string, ports: ClonePorts): Record<string, string> {
  if (front.kind !== "proxy") return {};
  const port = String(ports.of(key));
  return { PORT: port, [CLONE_PORT]: port };
}

function environmentOf(spec: AppSpec, { preload, gateway, keeper }: CloneDeps): Record<string, string> {
  const { environment, front, uid } = spec;
  const env = cloneEnvironment(environment);
  switch (front.kind) {
    case "none":
    case "proxy":
      return env;
    case "auto":
      if (!canHoldSockets()) return env; // it opens its port itself
      return { ...withPreload(env, preload), XSYS_FRONT_KEEPER: keeper };
    case "frames": {
      if (front.isLearned) return { ...withPreload(env, preload), XSYS_FRONT_KEEPER: keeper };
      const { host, port } = front;
      return {
        PORT: String(port),
        XSYS_APP_PORT: "any", // its first HTTP server, whatever it listens on
        ...withPreload(env, preload),
        XSYS_FRONT_SOCKET: gateway ?? "",
        XSYS_GATEWAY: `http://${host}:${port}`,
      };
    }
    case "socket": {
      const port = String(front.port);
      // Another user cannot read the preload: its application must take the socket itself.
      if (uid !== undefined && uid !== process.getuid?.()) return { PORT: port, ...env };
      return { PORT: port, ...withPreload(env, preload), XSYS_PORT: port };
    }
  }
}
