import type { AppSpec, Front } from "../app-spec.ts";
import { withVersionOf } from "../spec-version.ts";
import { differingFiles, fingerprintsOf } from "./fingerprints.ts";
import type { Version } from "./version.ts";
import { earlierVersion } from "./version-list.ts";

/** An app that can return to an earlier version. */
export interface RevertibleApp {
  readonly spec: AppSpec;
  versions(): Promise<readonly Version[]>;
  /** Calls `act` when the turn of this rollout has come, with what changes the app to a description. */
  rollOut<T>(wanted: undefined, act: (change: (spec: AppSpec) => Promise<Version>) => Promise<T>): Promise<T>;
}

export interface Rollback {
  /** Number of the version that runs now. */
  readonly version: number;
  /** Number of the version with its description. */
  readonly restored: number;
  /** Files that the command names and that are not what they were in that version. */
  readonly differingFiles: readonly string[];
}

/**
 * Starts the description of an earlier version. What is no part of a version, such as the number of clones, stays.
 * @param to - number of the version; by default it is the last good one before the current one
 * @param admit - called before; the app may have this front, or it throws
 * @throws NOT_FOUND; the errors of `admit`; UNAVAILABLE with the reason if it does not start
 */
export function rollBack(
  app: RevertibleApp,
  to: number | undefined,
  admit: (front: Front) => Promise<void>,
): Promise<Rollback> {
  return app.rollOut(undefined, async (change) => {
    const { number, spec: former, files } = earlierVersion(await app.versions(), app.spec, to);
    const spec = withVersionOf(former, app.spec);
    await admit(spec.front);
    const differing = differingFiles(files, await fingerprintsOf(spec));
    const { number: version } = await change(spec);
    return { version, restored: number, differingFiles: differing };
  });
}
