import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

/** Pages by their path relative to the folder, with slashes. */
type Pages = ReadonlyMap<string, string>;

/** Writes the pages, and removes the generated pages of commands that no longer exist. */
export async function writePages(folder: string, pages: Pages): Promise<void> {
  for (const path of await leftOver(folder, pages)) await rm(join(folder, path));
  for (const [path, text] of pages) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A line for each page that differs on disk, is missing, or is left over. */
export async function differences(folder: string, pages: Pages): Promise<string[]> {
  const lines = (await leftOver(folder, pages)).map((path) => `left over: ${path}`);
  for (const [path, text] of pages) {
    const found = await textOf(join(folder, path));
    if (found === undefined) lines.push(`missing: ${path}`);
    else if (found !== text) lines.push(`stale: ${path}, ${firstDifference(found, text)}`);
  }
  return lines;
}

/** Everything in commands/ is generated, so any other page there belongs to a command that no longer exists. */
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
