import { access } from "node:fs/promises";
import { join, normalize, parse, sep } from "node:path";
import { correct } from "../../../protocol/commands/path.ts";
import type { Host } from "../../base/context.ts";
import { handle } from "../../base/handler.ts";

export default handle(correct, async ({ path, tentative, verify }, { host }) => {
  let current = normalized(path);
  for (let pass = 0; pass < tentative; pass++) {
    const shorter = await firstShorter(current, verify ? host : undefined);
    if (shorter === undefined) break;
    current = shorter;
  }
  return current;
});

/**
 * Normalized and without a trailing separator, so that the result has the same form whether a run was removed or not.
 */
function normalized(path: string): string {
  const normal = normalize(path);
  return normal.endsWith(sep) && normal !== parse(normal).root ? normal.slice(0, -sep.length) : normal;
}

/** Removes one directly repeated run of segments, the longest possible. With a host, the shorter path must exist. */
async function firstShorter(path: string, host: Host | undefined): Promise<string | undefined> {
  const start = path.startsWith(sep) ? sep : "";
  const parts = path.split(sep).filter((part) => part !== "");
  for (let run = Math.floor(parts.length / 2); run > 0; run--) {
    for (let at = 0; at + 2 * run <= parts.length; at++) {
      if (!repeats(parts, at, run)) continue;
      const shorter = start + join(...parts.slice(0, at + run), ...parts.slice(at + 2 * run));
      if (host === undefined || (await exists(shorter, host))) return shorter;
    }
  }
  return undefined;
}

function repeats(parts: readonly string[], at: number, run: number): boolean {
  for (let i = at; i < at + run; i++) if (parts[i] !== parts[i + run]) return false;
  return true;
}

async function exists(path: string, host: Host): Promise<boolean> {
  const absolute = await host.resolvePath(path);
  return access(absolute).then(
    () => true,
    () => false,
  );
}
