/**
 * How an app gets its connections.
 *
 * - `none`: it gets none from xsys. It may listen itself; then its clones cannot overlap.
 * - `socket`: its clones share a listening TCP socket of the keeper, as descriptor 3 (`LISTEN_FDS`, sd_listen_fds(3)).
 * - `frames`: a gateway accepts the connections, and sends each request to one of the clones. Only for Node apps.
 * - `proxy`: each clone listens on a port of its own (`PORT`); a gateway accepts the connections and forwards the requests.
 * - `auto`: `frames` from the moment when its first HTTP server wants to listen, with the address that it asks for. What is
 *   stored is then that, with `isLearned`. Only for Node apps.
 */
export type Front = { readonly kind: "none" } | { readonly kind: "auto" } | PortFront;

/** A front with a port that the keeper opens. */
export interface PortFront {
  readonly kind: "socket" | "frames" | "proxy";
  readonly host: string;
  readonly port: number;
  /** The app has asked for it; its description says `auto`. */
  readonly isLearned?: true;
}

/** A front as the user has described it. */
export function describedFront(front: Front): Front {
  return hasPort(front) && front.isLearned ? { kind: "auto" } : front;
}

/** Whether a gateway accepts the connections. */
export function isBehindGateway(front: Front): front is PortFront & { readonly kind: "frames" | "proxy" } {
  return front.kind === "frames" || front.kind === "proxy";
}

export function hasPort(front: Front): front is PortFront {
  return front.kind !== "none" && front.kind !== "auto";
}

/**
 * What should run: the desired state of an app. Everything is resolved: paths are absolute, and the program is the one
 * that is started. Times are in milliseconds, sizes in bytes.
 */
export interface AppSpec {
  /** Matches APP_NAME. */
  readonly name: string;
  /** Program and arguments of each clone. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: AppEnvironment;
  readonly front: Front;
  /** Number of clones that do the work. */
  readonly clones: number;
  /** Number of further clones that run and are ready to take the place of one of them. */
  readonly standbys: number;
  /** How long a clone must run to count as started; behind the gateway, after it has begun to listen. */
  readonly stableFor: number;
  /** Behind the gateway: how long a clone may take until it listens. */
  readonly readyTimeout: number;
  /** Behind the gateway: how long requests may take to finish when their clone is replaced. */
  readonly drainTimeout: number;
  /** How long a clone may take to end after SIGTERM, before it is killed. */
  readonly killTimeout: number;
  /** Whether a clone that ended by itself is started again. */
  readonly autorestart: boolean;
  /** Exit codes after which a clone is not started again. */
  readonly stopExitCodes: readonly number[];
  /** Consecutive failed starts after which it is not started again; absent for no limit. */
  readonly maxRestarts?: number;
  /** Pause before the second restart in a row. It doubles up to 30 s. */
  readonly restartDelay: number;
  /** Resident memory of a clone above which it is replaced; absent for no limit. */
  readonly maxMemory?: number;
  /** Percent of one core above which a clone is replaced; absent for no limit. */
  readonly maxCpu?: number;
  /** User and group id of the clones; absent for those of the keeper. Only root can set others. */
  readonly uid?: number;
  readonly gid?: number;
  readonly log: AppLog;
  /** It is restarted when these files change; absent for no such restarts. */
  readonly watch?: AppWatch;
  /** It is restarted at the times of this cron expression; one without autorestart is started again if it has ended. */
  readonly cron?: string;
  /** Behind the gateway: paths that a new clone is asked for before it gets work. */
  readonly warmup?: readonly string[];
  /** Names of apps that must be ready before it is started. */
  readonly after?: readonly string[];
}

export interface AppWatch {
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[];
  /** Globs as in .gitignore, relative to `cwd`. They are added to those that are always ignored. */
  readonly ignore: readonly string[];
  /** How long nothing must change before it is restarted. */
  readonly delay: number;
}

/** The layers of a clone's environment. Later ones replace variables of earlier ones. It is computed at each start. */
export interface AppEnvironment {
  /** The environment of the command line that started the app. */
  readonly base: Readonly<Record<string, string>>;
  /** A file of `NAME=value` lines, read at each start. */
  readonly file?: string;
  /** From the configuration. */
  readonly own: Readonly<Record<string, string>>;
}

export interface AppLog {
  /** The log file is rotated at this size. */
  readonly maxSize: number;
  /** Number of rotated files that are kept. */
  readonly maxFiles: number;
}

/** Names of apps. They are also file names. */
export const APP_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Numbers of clones and standbys together. */
export const MAX_CLONES = 256;
