import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import { clipped, suggest } from "../../protocol/suggest.ts";

/** The error for an entry that is a directory; with a package.json, it says what to run. */
export async function folderEntry(folder: string): Promise<XsysError> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
  const { main, start } = packageHints(text);
  const hints = [
    ...(main === undefined ? [] : [`its main file ${join(folder, main)}`]),
    ...(start === undefined ? [] : [`its start script with cwd ${folder} and the entry "npm start"`]),
  ];
  const hint = hints.length === 0 ? "name the file to run" : `run ${hints.join(", or ")}`;
  return new XsysError("IS_A_DIRECTORY", `the entry ${folder} is a directory: ${hint}`);
}

function packageHints(text: string): { readonly main?: string; readonly start?: string } {
  try {
    const { main, scripts } = JSON.parse(text);
    return {
      ...(typeof main === "string" && { main }),
      ...(typeof scripts?.start === "string" && { start: scripts.start }),
    };
  } catch {
    return {};
  }
}

/** The error for an entry that does not exist, with the name that may have been meant. */
export async function missingEntry(entry: string, file: string): Promise<XsysError> {
  const target = await brokenLink(file);
  if (target !== undefined) {
    return new XsysError("NOT_FOUND", `the entry ${file} is a symbolic link to ${target}, which does not exist`);
  }
  const names = await readdir(dirname(file)).catch(() => undefined);
  if (names === undefined) {
    return new XsysError(
      "NOT_FOUND",
      `the entry ${clipped(file)} does not exist: there is no directory ${clipped(dirname(file))}`,
    );
  }
  const near = nearest(basename(file), names);
  const where = entry.includes("/") ? "" : ", and no program of this name is in PATH";
  const hint = near === undefined ? "" : `, did you mean "${near}"?`;
  return new XsysError("NOT_FOUND", `the entry ${clipped(file)} does not exist${where}${hint}`);
}

async function brokenLink(file: string): Promise<string | undefined> {
  const isLink = await lstat(file).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
  return isLink ? await readlink(file) : undefined;
}

/** A name with the same beginning and an ending, such as `server.js` for `server`; else the one with the fewest edits. */
function nearest(name: string, names: readonly string[]): string | undefined {
  return (
    names.find((known) => /^\.\w+$/.test(known.slice(name.length)) && known.startsWith(name)) ?? suggest(name, names)
  );
}
