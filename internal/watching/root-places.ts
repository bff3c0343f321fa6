import { lstatSync, readlinkSync } from "node:fs";
import { basename, dirname, isAbsolute, parse, sep } from "node:path";
import { entryPath } from "./entry-path.ts";
import { exactPath, nameOf } from "./names.ts";

/** An entry of a folder. The folder's path contains no symbolic link. */
export interface Place {
  readonly folder: string;
  readonly name: string;
}

const MAX_LINKS = 40; // as many as Linux follows before ELOOP

/**
 * The entries that a path is resolved through: each symbolic link on the way, then their final target or the first
 * missing entry. Empty when the path contains no symbolic link.
 */
export function placesOf(path: string): Place[] {
  const links: Place[] = [];
  let { root: at } = parse(path);
  const rest = namesOf(path);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const entry = entryPath(at, name);
    const found = lookUp(entry);
    if (typeof found === "string") {
      links.push({ folder: at, name });
      if (links.length > MAX_LINKS) return links;
      if (isAbsolute(found)) at = parse(found).root;
      rest.unshift(...namesOf(found));
    } else {
      at = entry;
      if (found === undefined) break;
    }
  }
  return links.length === 0 ? [] : [...links, { folder: dirname(at), name: basename(at) }];
}

function namesOf(path: string): string[] {
  const below = path.slice(parse(path).root.length);
  return below.split(sep).filter((name) => name !== "" && name !== ".");
}

/** The target of a symbolic link, true for anything else, undefined when the entry is missing or cannot be reached. */
function lookUp(entry: string): string | true | undefined {
  const path = exactPath(entry);
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isSymbolicLink() ? nameOf(readlinkSync(path, "buffer")) : stats && true;
  } catch {
    return undefined;
  }
}
