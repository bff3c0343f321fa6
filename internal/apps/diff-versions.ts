import { withVersionOf } from "../keeper/spec-version.ts";
import { differingFiles } from "../keeper/versions/fingerprints.ts";
import type { Version } from "../keeper/versions/version.ts";
import { diffApps, type FieldChange } from "./diff-apps.ts";

/**
 * What is different in the later of two versions of an app, for people to see: secrets are masked. What is no part of a
 * version, such as the number of clones, is not compared.
 */
export function diffVersions(before: Version, after: Version): FieldChange[] {
  const [change] = diffApps([withVersionOf(before.spec, after.spec)], [after.spec]).changed;
  const files = differingFiles(before.files, after.files).map((path) => ({
    field: `files.${path}`,
    from: before.files[path],
    to: after.files[path],
  }));
  return [...(change?.fields ?? []), ...files];
}
