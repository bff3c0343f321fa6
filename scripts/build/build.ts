/**
 * `npm run build`: creates in dist/ the single executable with all its names, its archive with the checksum, and the
 * npm packages. `npm run build -- --no-archive` skips the archive, which takes a minute.
 */
import { createHash } from "node:crypto";
import { link, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { MAIN_EXECUTABLE } from "../../clients/front/build.ts";
import { HOME } from "../home.ts";
import { archive } from "./archive.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { currentCommit } from "./commit.ts";
import { compileAhead } from "./compile-ahead.ts";
import { makeExecutable } from "./executable.ts";
import { buildFront } from "./front.ts";
import { writeLicenses } from "./licenses.ts";
import { type PlatformPackageContents, platformPackage } from "./npm/platform-package.ts";
import { xsysPackage } from "./npm/xsys-package.ts";
import { programNames, thisPlatform } from "./platform.ts";

/** Maximum size of the archive in bytes. */
const MOST = 50 * 1024 * 1024;

/** The programs of a build. */
export interface Programs {
  readonly executable: string;
  /** The native front; undefined if it could not be built. */
  readonly front: string | undefined;
}

if (import.meta.main) await buildAll(join(HOME, "dist"), !process.argv.includes("--no-archive"));

async function buildAll(folder: string, packs: boolean): Promise<void> {
  const programs = await buildPrograms(folder);
  await buildPackages(join(folder, "npm"), { ...programs, licenses: join(folder, "LICENSES.txt") });
  console.log("npm packages: dist/npm/*");
  if (packs) await buildArchive(folder, programs);
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

/**
 * Builds the programs in a folder, and the license files. `xsys` is the executable, which needs nothing beside it. All
 * other names are the native front, or the executable if there is no front.
 */
export async function buildPrograms(folder: string, print: (line: string) => void = console.log): Promise<Programs> {
  await mkdir(folder, { recursive: true });
  const { ending } = thisPlatform();
  const executable = join(folder, `xsys${ending}`);
  const made = await bundle({ commit: currentCommit().name });
  const build = idOf(made);
  await makeExecutable(executable, { loader: made.loader, compiled: await compileAhead(made), build }, print);
  await writeLicenses(folder, made.metafile);
  const [first = ""] = programNames();
  const frontFile = join(folder, first);
  const missing = buildFront(frontFile, { build });
  const front = missing === undefined ? frontFile : undefined;
  if (missing !== undefined) print(`no native front: ${missing}`);
  await nameAll(folder, { executable, front });
  print(await withSize(executable));
  if (front !== undefined) print(await withSize(front));
  return { executable, front };
}

/** Identifies the program in an executable. */
function idOf({ parts, loader }: Bundle): string {
  const hash = createHash("sha256").update(loader);
  for (const [name, text] of parts) hash.update(`\0${name}\0${text}`);
  return hash.digest("hex").slice(0, 32);
}

/** Gives the programs their names in a folder, as hard links. With a front, it finds the executable as MAIN_EXECUTABLE. */
async function nameAll(folder: string, { executable, front }: Programs): Promise<void> {
  const program = front ?? executable;
  const names = programNames().map((name) => join(folder, name));
  const others = names.filter((name) => name !== executable && name !== program);
  await Promise.all(others.map((name) => linkAs(program, name)));
  if (front !== undefined) await linkAs(executable, join(folder, MAIN_EXECUTABLE));
}

async function linkAs(file: string, name: string): Promise<void> {
  await rm(name, { force: true });
  await link(file, name);
}

/** In the archive, `xsys` is the front, too. */
async function buildArchive(folder: string, programs: Programs): Promise<void> {
  const { name, ending } = thisPlatform();
  const packed = join(folder, `xsys-${name}.tar.xz`);
  const staged = await mkdtemp(join(folder, ".archive-"));
  try {
    const files = [...programNames(), "LICENSE", "LICENSES.txt"];
    for (const file of files) await linkAs(join(folder, file), join(staged, file));
    if (programs.front !== undefined) {
      files.push(MAIN_EXECUTABLE);
      await linkAs(programs.executable, join(staged, MAIN_EXECUTABLE));
      await linkAs(programs.front, join(staged, `xsys${ending}`));
    }
    if (!(await archive(packed, { files, folder: staged, date: currentCommit().date }))) {
      console.log("no archive: xz is not on PATH");
      return;
    }
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
  console.log(await withSize(packed));
  if ((await stat(packed)).size > MOST) throw new Error(`${packed} has more than ${MOST} bytes`);
}

async function withSize(file: string): Promise<string> {
  const { size } = await stat(file);
  return size < 1024 ** 2
    ? `${file}: ${(size / 1024).toFixed(1)} KiB`
    : `${file}: ${(size / 1024 ** 2).toFixed(1)} MiB`;
}
