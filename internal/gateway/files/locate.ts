import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { StaticOptions } from "../options.ts";
import { NoFileError } from "./file-errors.ts";
import type { FoundFile } from "./load-file.ts";

/** Marker for the redirect to a folder's path with a trailing slash, which relative links in its index need. */
export const TO_FOLDER: Answer = { status: 301, headers: {} };
const INDEX = "index.html";

/**
 * Finds the requested file below a folder, or index.html of a folder in it; or returns the answer that refuses it.
 * @param rest - the path below the folder, decoded.
 * @param hasSlash - whether the requested path ends in a slash.
 */
export async function locate(
  folder: string,
  rest: string,
  hasSlash: boolean,
  dotfiles: StaticOptions["dotfiles"],
): Promise<FoundFile | Answer> {
  const segments = rest.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.some(leadsOut)) return errorAnswer(403, "the path leads out of the folder");
  if (dotfiles !== "allow" && segments.some((segment) => segment.startsWith("."))) {
    return dotfiles === "deny" ? errorAnswer(403, "hidden files are not served") : errorAnswer(404, "no such file");
  }
  const root = await realpath(folder);
  const path = await realpath(join(root, ...segments));
  if (!isWithin(root, path)) return errorAnswer(403, "the path leads out of the folder");
  const stats = await stat(path);
  if (!stats.isDirectory()) return { path, name: segments.at(-1) ?? "", stats };
  const index = await realpath(join(path, INDEX));
  if (!isWithin(root, index)) return errorAnswer(403, "the path leads out of the folder");
  return hasSlash ? { path: index, name: INDEX, stats: await stat(index) } : TO_FOLDER;
}

/** Whether a segment is `..`, or on Windows contains a separator or a drive. */
function leadsOut(segment: string): boolean {
  if (segment.includes("\0")) throw new NoFileError("a file name cannot contain NUL");
  return segment === ".." || (sep === "\\" && /[\\:]/.test(segment));
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
