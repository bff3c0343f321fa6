import { promises as fs } from "node:fs"; // loading "node:fs/promises" takes 1 ms, and only confined roots need it
import { basename, dirname, join, resolve, sep } from "node:path";
import type { Contract } from "../../protocol/contract/command.ts";
import type { PathKind } from "../../protocol/contract/schema.ts";
import { XsysError } from "../../protocol/errors.ts";

/** Converts a requested path to an absolute one, or refuses it. */
export type PathResolver = (path: string, kind?: PathKind) => string | Promise<string>;

/** Resolves relative paths against the root. Absolute paths are allowed anywhere. */
export function freeResolver(root: string): PathResolver {
  return (path) => resolve(root, withoutNul(path));
}

/**
 * Refuses paths outside the root with DENIED, after resolving symbolic links. Returns the real path, so a link that is
 * changed afterwards has no effect. (A process that can write in the root can still replace a folder between the check
 * and the use: Node has no openat(2).)
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

/** Refuses a command that cannot be confined to the root. */
export function refuseUnconfined({ name }: Contract, root: string): never {
  throw new XsysError("DENIED", `${name} can access paths outside the root ${root}: it is disabled by --confine`, {
    details: { root },
  });
}

const MAX_LINKS = 40; // the limit of Linux before ELOOP

/** The real path of an entry that may be missing: resolves links in the part that exists, and dangling links. */
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
  throw new XsysError("INVALID_PARAMS", "a path must not contain a NUL character", { details: { path } });
}
