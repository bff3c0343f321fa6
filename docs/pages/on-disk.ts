import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

/** Pages by their path below the folder, with slashes. */
type Pages = ReadonlyMap<string, string>;

/** Writes the pages, and removes generated ones of commands that are no more. */
export async function writePages(folder: string, pages: Pages): Promise<void> {
  for (const path of await leftOver(folder, pages)) await rm(join(folder, path));
  for (const [path, text] of pages) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A line for each page that is not on disk as it should be. */
export async function differences(folder: string, pages: Pages): Promise<string[]> {
  const lines = (await leftOver(folder, pages)).map((path) => `left over: ${path}`);
  for (const [path, text] of pages) {
    const found = await textOf(join(folder, path));
    if (found === undefined) lines.push(`missing: ${path}`);
    else if (found !== text) lines.push(`stale: ${path}, ${firstDifference(found, text)}`);
  }
  return lines;
}

/** All of commands/ is generated, so whatever page is there beyond the given ones is of a command that is no more. */
async function leftOver(folder: string, pages: Pages): Promise<string[]> {
  const found = await readdir(join(folder, "commands"), { recursive: true }).catch(() => []);
  return found
    .map((path) => `commands/${path.replaceAll(sep, "/")}`)
    .filter((path) => path.endsWith(".md") && !pages.has(path))
    .toSorted();
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function firstDifference(found: string, wanted: string): string {
  const [foundLines, wantedLines] = [found.split("\n"), wanted.split("\n")];
  const at = wantedLines.findIndex((line, i) => line !== foundLines[i]);
  const line = at === -1 ? wantedLines.length : at;
  return `line ${line + 1}: ${quoted(foundLines[line])} should be ${quoted(wantedLines[line])}`;
}

function quoted(line: string | undefined): string {
  return line === undefined ? "nothing" : JSON.stringify(line);
}
