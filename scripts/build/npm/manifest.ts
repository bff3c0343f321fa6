import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HOME } from "../../home.ts";

/** A package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** The fields that every package takes from the project's own manifest. */
export async function manifest(name: string, description: string): Promise<Manifest> {
  const project = JSON.parse(await readFile(join(HOME, "package.json"), "utf8"));
  return { name, version: project.version, description, license: project.license };
}

/** Writes a package's manifest and the license to its folder. */
export async function writeManifest(folder: string, written: Manifest): Promise<Manifest> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify(written, null, 2)}\n`);
  await cp(join(HOME, "LICENSE"), join(folder, "LICENSE"));
  return written;
}
