/** How a process is started and ended. Times in milliseconds. */
export interface ProcessOptions {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /**
   * Called before each start, for example to check that the program exists. If it throws, the start fails with that
   * error.
   */
  readonly beforeStart?: (() => void) | undefined;
  readonly cwd: string;
  /** Added to the service's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The complete environment, in place of the service's own with `env`. Called before each start. If it throws, the start
   * fails with that error.
   */
  readonly environment?: () => Readonly<Record<string, string>>;
  /** Descriptors of this process that the child gets as 3, 4 and so on. */
  readonly descriptors?: readonly number[];
  /** The first of them is a listening socket: the child gets it as systemd passes it, sd_listen_fds(3). */
  readonly listens?: boolean;
  /** Environment variables that are not inherited from the service, in addition to those that no child inherits. */
  readonly notInherited?: readonly string[];
  /** How long the process may take to exit after it was asked to. */
  readonly stopTimeout: number;
  /** Nice value, -20 to 19; 0 for no change. */
  readonly priority: number;
  /** Limit of open descriptors; absent for the service's own limit. */
  readonly fileDescriptors?: number;
  /** Absent for the user and group of the service. Only root can set others. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}
