/** How a process is started and ended. Times in milliseconds. */
export interface ProcessOptions {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Called before each start, to make sure that the program is there; what it throws is why the start fails. */
  readonly beforeStart?: (() => void) | undefined;
  readonly cwd: string;
  /** Added to the service's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Names that are not inherited from the service's environment, beside those that no child may have. */
  readonly notInherited?: readonly string[];
  /** How long it has to exit once it was asked to. */
  readonly stopTimeout: number;
  /** Nice value, -20 to 19; 0 leaves it. */
  readonly priority: number;
  /** Descriptors that it may open; absent for the service's own limit. */
  readonly fileDescriptors?: number;
}
