import { XsysError } from "../../../protocol/errors.ts";
import type { AppSpec } from "../app-spec.ts";
import { isGood, isSame, type Outcome, type Version } from "./version.ts";

/** Number of versions that are kept of an app. */
export const MAX_VERSIONS = 10;
/** Among them are the current good version and the one before, however many failed after them. */
const KEPT_GOOD = 2;

/** The version with this description: the current one, if the description is what should run. */
export function currentOf(versions: readonly Version[], spec: AppSpec): Version | undefined {
  return versions.findLast((each) => isSame(each.spec, spec));
}

/** The versions when the current one runs: an app whose start has failed is retried, and may have started since. */
export function withRetried(versions: readonly Version[], spec: AppSpec): readonly Version[] {
  const current = currentOf(versions, spec);
  if (current === undefined || isGood(current)) return versions;
  const { failure: _, ...started } = current;
  return versions.map((each) => (each === current ? started : each));
}

/**
 * The versions after a description was started. The latest version and the current one are not repeated if they have
 * this description, and a version that has started once stays good.
 */
export function withOutcome(
  versions: readonly Version[],
  current: Version | undefined,
  outcome: Outcome,
): readonly Version[] {
  const last = versions.at(-1);
  const known = [current, last].find((each) => each !== undefined && isSame(each.spec, outcome.spec));
  if (known === undefined) return limited([...versions, { number: (last?.number ?? 0) + 1, ...outcome }]);
  if (isGood(known)) return versions;
  return versions.map((each) => (each === known ? { number: known.number, ...outcome } : each));
}

/**
 * The version to return to.
 * @param to - its number; by default it is the last good one before the current one
 * @throws NOT_FOUND
 */
export function earlierVersion(versions: readonly Version[], spec: AppSpec, to?: number): Version {
  const found = to === undefined ? lastGoodBefore(versions, spec) : versions.find(({ number }) => number === to);
  if (found !== undefined) return found;
  const what = to === undefined ? "good version before the current one" : `version ${to}`;
  const numbers = versions.map(({ number }) => number).join(", ");
  throw new XsysError("NOT_FOUND", `${spec.name} has no ${what}${numbers && `: its versions are ${numbers}`}`, {
    details: { name: spec.name },
  });
}

function lastGoodBefore(versions: readonly Version[], spec: AppSpec): Version | undefined {
  const { number = Number.POSITIVE_INFINITY } = currentOf(versions, spec) ?? {};
  return versions.findLast((each) => each.number < number && isGood(each) && !isSame(each.spec, spec));
}

function limited(versions: readonly Version[]): readonly Version[] {
  if (versions.length <= MAX_VERSIONS) return versions;
  const kept = versions.filter(isGood).slice(-KEPT_GOOD);
  return versions.toSpliced(
    versions.findIndex((each) => !kept.includes(each)),
    1,
  );
}
