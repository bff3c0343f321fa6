import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { StaticOptions } from "../options.ts";
import { NoFileError } from "./file-errors.ts";
import type { FoundFile } from "./load-file.ts";

/** Stands for the redirect to a folder's path with its slash, without which the links in its index lead elsewhere. */
export const TO_FOLDER: Answer = { status: 301, headers: {} };
const INDEX = "index.html";

/**
 * What is asked for below a folder, of a folder its index.html; or the answer that refuses it.
 * @param rest - decoded.
 * @param hasSlash - at the end of the path that was asked for.
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

/** A segment that is a way up, or on Windows a path or a drive; a NUL is in no name. */
function leadsOut(segment: string): boolean {
  if (segment.includes("\0")) throw new NoFileError("no file's name has a NUL in it");
  return segment === ".." || (sep === "\\" && /[\\:]/.test(segment));
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
