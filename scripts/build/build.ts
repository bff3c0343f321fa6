/**
 * `npm run build`: creates in dist/ the single executable with all its names, its archive with the checksum, and the
 * npm packages. `npm run build -- --no-archive` skips the archive, which takes a minute.
 */
import { link, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { HOME } from "../home.ts";
import { archive } from "./archive.ts";
import { bundle } from "./bundle.ts";
import { currentCommit } from "./commit.ts";
import { compileAhead } from "./compile-ahead.ts";
import { makeExecutable } from "./executable.ts";
import { writeLicenses } from "./licenses.ts";
import { type PlatformPackageContents, platformPackage } from "./npm/platform-package.ts";
import { xsysPackage } from "./npm/xsys-package.ts";
import { programNames, thisPlatform } from "./platform.ts";

/** Maximum size of the archive in bytes. */
const MOST = 50 * 1024 * 1024;

if (import.meta.main) await buildAll(join(HOME, "dist"), !process.argv.includes("--no-archive"));

async function buildAll(folder: string, packs: boolean): Promise<void> {
  const { name, ending } = thisPlatform();
  const program = join(folder, `xsys${ending}`);
  await buildExecutable(folder);
  await buildPackages(join(folder, "npm"), { executable: program, licenses: join(folder, "LICENSES.txt") });
  console.log("npm packages: dist/npm/*");
  if (!packs) return;
  const packed = join(folder, `xsys-${name}.tar.xz`);
  const files = [...programNames(), "LICENSE", "LICENSES.txt"];
  if (!(await archive(packed, { files, folder, date: currentCommit().date }))) {
    console.log("no archive: xz is not on PATH");
    return;
  }
  console.log(await withSize(packed));
  if ((await stat(packed)).size > MOST) throw new Error(`${packed} has more than ${MOST} bytes`);
}

/** Creates the npm packages in a folder, and returns the folder of each. */
export async function buildPackages(folder: string, contents: PlatformPackageContents): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  const folders = ["xsys", `xsys-${process.platform}-${process.arch}`].map((name) => join(folder, name));
  const [xsys = "", platform = ""] = folders;
  await xsysPackage(xsys);
  await platformPackage(platform, contents);
  return folders;
}

/** Builds the executable in a folder, with its other names as hard links, and the license files. */
export async function buildExecutable(folder: string, print: (line: string) => void = console.log): Promise<string> {
  await mkdir(folder, { recursive: true });
  const program = join(folder, `xsys${thisPlatform().ending}`);
  const made = await bundle({ commit: currentCommit().name });
  await makeExecutable(program, { loader: made.loader, compiled: await compileAhead(made) }, print);
  for (const name of programNames()) {
    const file = join(folder, name);
    if (file === program) continue;
    await rm(file, { force: true });
    await link(program, file);
  }
  await writeLicenses(folder, made.metafile);
  print(await withSize(program));
  return program;
}

async function withSize(file: string): Promise<string> {
  const { size } = await stat(file);
  return `${file}: ${(size / 1024 ** 2).toFixed(1)} MiB`;
}
