import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Metafile } from "esbuild";
import { HOME } from "../home.ts";

/** Writes LICENSE (our own) and LICENSES.txt (of all third-party code in the executable). */
export async function writeLicenses(folder: string, { inputs }: Metafile): Promise<void> {
  const packages = new Set<string>(["node_modules/node-pty"]);
  for (const input of Object.keys(inputs)) {
    const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (found !== undefined) packages.add(found);
  }
  const texts = await Promise.all([...packages].sort().map((path) => licenseOf(join(HOME, path))));
  texts.push(`Node.js ${process.versions.node}\n\n${await nodeLicense()}`);
  await writeFile(join(folder, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
  await cp(join(HOME, "LICENSE"), join(folder, "LICENSE"));
}

async function licenseOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : await readFile(join(folder, file), "utf8");
  return `${name} ${version}\n\n${text || `License: ${license}`}`;
}

/** It is in the parent folder of the runtime's, in the npm packages of Node as well as in its archives. */
async function nodeLicense(): Promise<string> {
  const file = join(dirname(process.execPath), "..", "LICENSE");
  return readFile(file, "utf8").catch(() => "https://github.com/nodejs/node/blob/main/LICENSE");
}
