import type { OpenWatches } from "./watches.ts";

/** The watches of this operating system. chokidar is loaded only where it is used. */
export async function watchesOfPlatform(): Promise<OpenWatches> {
  if (process.platform === "linux") return (await import("./folder-watches.ts")).folderWatches;
  return (await import("./chokidar-watches.ts")).chokidarWatches;
}
