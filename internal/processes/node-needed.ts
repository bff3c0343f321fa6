/** The oldest Node version that can run a worker with the SDK; the same as `engines` in package.json. */
export const NODE_NEEDED = "22.22";

/** Whether a Node version such as `v20.20.2` is older than that. */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = NODE_NEEDED.split(".").map(Number);
  const [, hasMajor = "0", hasMinor = "0"] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(hasMajor) < major || (Number(hasMajor) === major && Number(hasMinor) < minor);
}
