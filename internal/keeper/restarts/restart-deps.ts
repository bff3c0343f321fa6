import type { Logger } from "../../base/log.ts";

/** What causes of restarts need of their app. */
export interface RestartDeps {
  readonly log: Logger;
  /** The keeper's state folder. */
  readonly state: string;
  /**
   * Restarts the app, and writes the cause and a failure to its log. It never rejects.
   * @param options.keepsJobs - of an app without autorestart, only starts what has ended
   */
  restart(cause: string, options?: { readonly keepsJobs: boolean }): Promise<void>;
}
