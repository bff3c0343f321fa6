import type { Logger } from "../../base/log.ts";

/** What causes of restarts need of their app. */
export interface RestartDeps {
  readonly log: Logger;
  /** The keeper's state folder. */
  readonly state: string;
  /** Restarts the app, and writes the cause and a failure to its log. It never rejects. */
  restart(cause: string): Promise<void>;
}
