import type { AppSpec } from "../app-spec.ts";
import { versionOf } from "../spec-version.ts";
import type { Fingerprints } from "./fingerprints.ts";

/** How a description was started. */
export interface Outcome {
  /** When that ended; in milliseconds since 1970. */
  readonly time: number;
  /** Why it did not start. Absent if it has started: then the version is good. */
  readonly failure?: string;
  readonly spec: AppSpec;
  /** What the files that its command names were when it was started. */
  readonly files: Fingerprints;
}

/** A description of an app that was started. */
export interface Version extends Outcome {
  /** Counts from 1, and is not used again. */
  readonly number: number;
}

export function isGood({ failure }: Outcome): boolean {
  return failure === undefined;
}

/** Whether two descriptions are one version. */
export function isSame(a: AppSpec, b: AppSpec): boolean {
  return versionOf(a) === versionOf(b);
}
