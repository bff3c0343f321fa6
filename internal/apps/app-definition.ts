/** A duration in milliseconds, or a text such as `30s`, `500ms`, `5m`. */
export type Duration = number | string;

/** A size in bytes, or a text such as `100M`, `1G`. */
export type Size = number | string;

/**
 * How many processes an app has.
 *
 * - `hot`: one that does the work, and `clones` (default 1) that run and are ready to replace it.
 * - `warm`: one that does the work; its replacement is started when it is needed.
 * - `multi`: one and `clones` (default 1) more, all of which do the work. With `balance: false` the further ones only
 *   stand by.
 * - None of them: `clones` (default 1) that do the work.
 */
export type Strategy = "hot" | "warm" | "multi";

/** What a user writes about an app, on a command line or in a configuration file. `resolveApp` makes it an AppSpec. */
export interface AppDefinition {
  /** Default: the name in package.json, or that of the script or program. */
  readonly name?: string | undefined;
  /** A script, a program, or a whole command line such as `python3 -m http.server`. */
  readonly entry?: string | undefined;
  /** In place of `entry`: a program with its arguments, which is run as it is. */
  readonly command?: string | readonly string[] | undefined;
  /** Added to the arguments. A text is split into words as in a shell. */
  readonly args?: string | readonly string[] | undefined;
  /** Program that runs the entry, possibly with options; `none` to run the entry itself. */
  readonly interpreter?: string | undefined;
  /** Options of the interpreter, such as `--max-old-space-size=512` for Node. */
  readonly nodeArgs?: string | readonly string[] | undefined;
  /** Working directory, relative to that of the caller. The entry is relative to it. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** File of `NAME=value` lines, relative to `cwd`. It is read again at each start. */
  readonly envFile?: string | undefined;
  /** Default: `frames` for Node, `socket` for other programs with a port, otherwise `none`. */
  readonly front?: "none" | "socket" | "frames" | "proxy" | undefined;
  readonly host?: string | undefined;
  readonly port?: number | string | undefined;
  /** A number; `max` or 0 for the number of CPUs that this process may use; -1 for one less, and so on. */
  readonly clones?: number | string | undefined;
  readonly strategy?: Strategy | undefined;
  readonly balance?: boolean | undefined;
  readonly stableFor?: Duration | undefined;
  readonly readyTimeout?: Duration | undefined;
  readonly drainTimeout?: Duration | undefined;
  readonly killTimeout?: Duration | undefined;
  readonly autorestart?: boolean | undefined;
  readonly stopExitCodes?: number | readonly number[] | undefined;
  readonly maxRestarts?: number | undefined;
  readonly restartDelay?: Duration | undefined;
  readonly maxMemory?: Size | undefined;
  /** Percent of one core; a text may end in `%`. */
  readonly maxCpu?: number | string | undefined;
  /** Name or number of a user. Its primary group is used unless `gid` is given. */
  readonly uid?: number | string | undefined;
  /** Name or number of a group. */
  readonly gid?: number | string | undefined;
  /** It is restarted when files change: in its working directory, or at these paths relative to it. */
  readonly watch?: boolean | string | readonly string[] | undefined;
  /** Globs as in .gitignore, relative to the working directory. */
  readonly ignoreWatch?: string | readonly string[] | undefined;
  /** How long nothing must change before it is restarted. */
  readonly watchDelay?: Duration | undefined;
  /** Cron expression of the times at which it is restarted, or started again if it has ended and `autorestart` is false. */
  readonly cron?: string | number | boolean | undefined;
  /** Paths that the gateway asks a process for with GET before it replaces another one. */
  readonly warmup?: string | readonly string[] | undefined;
  /** Apps that must be ready before it is started. */
  readonly after?: string | readonly string[] | undefined;
  readonly log?: { readonly maxSize?: Size | undefined; readonly maxFiles?: number | undefined } | undefined;
}
