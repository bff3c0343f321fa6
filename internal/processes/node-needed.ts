/**
 * The oldest Node version that runs TypeScript files as they are, and so the sources of xsys: `engines` in package.json. The
 * installed SDK is JavaScript and runs on older ones, too.
 */
export const NODE_NEEDED = "22.22";

/** Whether a Node version such as `v20.20.2` is older than that. */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = NODE_NEEDED.split(".").map(Number);
  const [, hasMajor = "0", hasMinor = "0"] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(hasMajor) < major || (Number(hasMajor) === major && Number(hasMinor) < minor);
}
