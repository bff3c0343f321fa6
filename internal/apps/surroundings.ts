/** What a program is resolved against. */
export interface Surroundings {
  /** Absolute path of the app's working directory. */
  readonly cwd: string;
  /** Environment of the app. */
  readonly env: Readonly<Record<string, string>>;
  readonly node: () => string | Promise<string>;
}
