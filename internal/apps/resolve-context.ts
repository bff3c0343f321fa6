/** Where a definition comes from. */
export interface ResolveContext {
  /** Environment of the caller. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the caller's working directory. */
  readonly cwd: string;
  /** The program file of a Node for scripts, used if there is none in PATH. */
  readonly node: () => string | Promise<string>;
}
