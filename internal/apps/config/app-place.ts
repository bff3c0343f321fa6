/** Where an app is in a configuration. */
export interface AppPlace {
  readonly file: string;
  /** Absolute path of the file's directory. */
  readonly folder: string;
  readonly path: readonly (string | number)[];
  /** Variables of `env_NAME` for the chosen environment. */
  readonly ofEnvironment: Readonly<Record<string, string | number | boolean>>;
}
