/** The oldest Node that runs a worker on the SDK, as package.json's `engines` has it. */
export const NODE_NEEDED = "22.22";

/** Whether a version as Node prints it, such as `v20.20.2`, is older than that. */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = NODE_NEEDED.split(".").map(Number);
  const [, hasMajor = "0", hasMinor = "0"] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(hasMajor) < major || (Number(hasMajor) === major && Number(hasMinor) < minor);
}
