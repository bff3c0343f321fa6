import type { Logger } from "../../base/log.ts";
import type { AppSpec } from "../app-spec.ts";
import { fingerprintsOf } from "./fingerprints.ts";
import type { Outcome, Version } from "./version.ts";
import type { VersionFile } from "./version-file.ts";
import { currentOf, withOutcome, withRetried } from "./version-list.ts";

/** What a history needs to know of its app. */
export interface VersionedApp {
  /** What should run. */
  readonly spec: AppSpec;
  /** Whether that is on disk. */
  readonly isSaved: boolean;
  /** Whether all its clones are ready. */
  readonly isUp: boolean;
}

/**
 * The versions of an app. Whatever happens to their file, the app is not affected: without a readable file there are no
 * versions, and one that cannot be written is logged.
 */
export class VersionHistory {
  readonly #file: VersionFile;
  readonly #log: Logger;

  constructor(file: VersionFile, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  /** Oldest first. */
  async versions(app: VersionedApp): Promise<readonly Version[]> {
    return asOfNow(await this.#load(), app);
  }

  /**
   * Changes an app to a description, and keeps how that went. Only one such change may be in progress.
   * @returns the version that runs now
   * @throws the errors of `change`
   */
  async record(app: VersionedApp, spec: AppSpec, change: () => Promise<void>): Promise<Version> {
    const stored = await this.#load();
    const versions = asOfNow(stored, app);
    const current = currentOf(versions, app.spec);
    const files = await fingerprintsOf(spec);
    const keep = async (failure?: Error): Promise<readonly Version[]> => {
      const outcome: Outcome = { time: Date.now(), ...(failure && { failure: failure.message }), spec, files };
      const next = withOutcome(versions, current, outcome);
      if (next !== stored) await this.#save(next);
      return next;
    };
    try {
      await change();
    } catch (error) {
      if (app.isSaved) await keep(error as Error);
      throw error;
    }
    return currentOf(await keep(), spec) as Version;
  }

  async #load(): Promise<readonly Version[]> {
    return this.#file.load().catch((error: unknown) => {
      this.#log.warn({ err: error }, `${this.#file.path} cannot be used: there are no earlier versions`);
      return [];
    });
  }

  async #save(versions: readonly Version[]): Promise<void> {
    await this.#file.save(versions).catch((error: unknown) => {
      this.#log.warn({ err: error }, `${this.#file.path} was not written: the latest version cannot be returned to`);
    });
  }
}

function asOfNow(versions: readonly Version[], { isUp, spec }: VersionedApp): readonly Version[] {
  return isUp ? withRetried(versions, spec) : versions;
}
