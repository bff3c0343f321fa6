import { promises as fs } from "node:fs"; // "node:fs/promises" takes a millisecond to load, for confined roots alone
import { basename, dirname, join, resolve, sep } from "node:path";
import type { Contract } from "../../protocol/contract/command.ts";
import type { PathKind } from "../../protocol/contract/schema.ts";
import { XsysError } from "../../protocol/errors.ts";

/** Turns a path as asked into an absolute one, or refuses it. */
export type PathResolver = (path: string, kind?: PathKind) => string | Promise<string>;

/** Relative paths are taken from the root; absolute ones are taken as they are. */
export function freeResolver(root: string): PathResolver {
  return (path) => resolve(root, withoutNul(path));
}

/**
 * Nothing outside the root: symbolic links are resolved first, and what leads out is DENIED. The answer is the real
 * path, so that a link changed afterwards does not matter. (A process that may write in the root can still swap a
 * folder between the check and the use: Node has no openat(2).)
 */
export function confinedResolver(root: string): PathResolver {
  const realRoot = fs.realpath(root);
  realRoot.catch(() => {});
  return async (path, kind = "target") => {
    const inside = await realRoot;
    const asked = resolve(inside, withoutNul(path));
    if (asked === inside) return inside;
    const real =
      kind === "entry" ? join(await realOrMissing(dirname(asked)), basename(asked)) : await realOrMissing(asked);
    if (real !== inside && !real.startsWith(inside.endsWith(sep) ? inside : inside + sep)) {
      throw new XsysError("DENIED", `${path} leads outside the root ${inside}`, { details: { path, root: inside } });
    }
    return real;
  };
}

/** Refuses a command that cannot be confined. */
export function refuseUnconfined({ name }: Contract, root: string): never {
  throw new XsysError("DENIED", `${name} reaches what is outside the root ${root}, and is off under --confine`, {
    details: { root },
  });
}

const MAX_LINKS = 40; // as many as Linux follows before ELOOP

/** The real path of something that need not exist: links are followed as far as there is anything. */
async function realOrMissing(path: string, links = 0): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
  }
  const folder = await realOrMissing(dirname(path), links);
  const entry = join(folder, basename(path));
  const target = await danglingTarget(entry);
  if (target === undefined) return entry;
  if (links >= MAX_LINKS) throw new XsysError("DENIED", `${path} has too many symbolic links`, { details: { path } });
  return realOrMissing(resolve(folder, target), links + 1);
}

async function danglingTarget(path: string): Promise<string | undefined> {
  try {
    return (await fs.lstat(path)).isSymbolicLink() ? await fs.readlink(path) : undefined;
  } catch {
    return undefined;
  }
}

function withoutNul(path: string): string {
  if (!path.includes("\0")) return path;
  throw new XsysError("INVALID_PARAMS", "a path must not hold a NUL character", { details: { path } });
}
