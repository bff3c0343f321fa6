import { realpath } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";

/**
 * Refuses the root that commands run in and every folder that contains it, whether given directly or through symbolic
 * links.
 */
export async function refuseRoot(command: string, path: string, root: string): Promise<void> {
  const forms = await Promise.all([path, realEntry(path)]);
  const roots = await Promise.all([root, orSame(realpath(root), root)]);
  if (!forms.some((form) => roots.some((one) => holds(form, one)))) return;
  throw new XsysError("INVALID_PARAMS", `${command} failed on ${path}: the root ${root} must not be removed or moved`, {
    details: { path, root },
  });
}

/** Resolves the parent folder but not the last name: removing a symbolic link to the root does not affect the root. */
async function realEntry(path: string): Promise<string> {
  return join(await orSame(realpath(dirname(path)), dirname(path)), basename(path));
}

function orSame(real: Promise<string>, path: string): Promise<string> {
  return real.catch(() => path);
}

function holds(path: string, root: string): boolean {
  return root === path || root.startsWith(path.endsWith(sep) ? path : path + sep);
}
