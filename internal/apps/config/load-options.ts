export interface LoadOptions {
  /** Environment of the caller. Configurations in JavaScript and TypeScript are run with it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Chooses `env_NAME` of the apps; a configuration that is a function gets it, too. */
  readonly envName?: string | undefined;
  /** The program file of a Node that runs TypeScript, used if the one in PATH does not. */
  readonly node: () => string | Promise<string>;
  /** Absolute path that a relative path is resolved against. Default: this process's working directory. */
  readonly cwd?: string | undefined;
  /** Receives what a configuration prints. Default: standard error. */
  readonly output?: ((bytes: Uint8Array) => void) | undefined;
  /** Ends a configuration that is running. */
  readonly signal?: AbortSignal | undefined;
}
