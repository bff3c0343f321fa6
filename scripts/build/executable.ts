import { execFileSync, spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BUILD_ASSET } from "../../clients/front/build.ts";
import { HOME } from "../home.ts";
import { MAIN } from "./bundle.ts";
import type { Compiled } from "./compile-ahead.ts";
import { bundlePreload } from "./preload.ts";

/** Contents of the executable in addition to the runtime. */
export interface Contents {
  readonly loader: string;
  readonly compiled: ReadonlyMap<string, Compiled>;
  /** Identifies the program; its native front has the same id. */
  readonly build: string;
}

/**
 * Creates the single executable: the Node that runs this script, without its symbols, with the program in it.
 * @throws when `node --build-sea` fails
 */
export async function makeExecutable(
  file: string,
  contents: Contents,
  print: (line: string) => void = () => {},
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const folder = await mkdtemp(join(dirname(file), ".build-"));
  try {
    const preload = join(folder, "preload.cjs");
    await bundlePreload(preload);
    const assets = {
      ...(await writeAssets(folder, contents)),
      ...(await nativeAssets()),
      "preload/preload.cjs": preload,
    };
    const runtime = await strippedRuntime(folder, print);
    const configuration = join(folder, "sea.json");
    const text = JSON.stringify({
      main: "main.js", // relative, because stack traces show it
      output: file,
      executable: runtime,
      assets,
      disableExperimentalSEAWarning: true,
      // NODE_OPTIONS are meant for the programs that xsys starts, and no argument is an option of Node.
      execArgvExtension: "none",
    });
    await writeFile(configuration, text);
    await rm(file, { force: true }); // a running executable cannot be overwritten
    execFileSync(process.execPath, ["--build-sea", configuration], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (process.platform === "darwin") execFileSync("codesign", ["--sign", "-", "--force", file]);
    await chmod(file, 0o755);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the program's parts and main.js, which is run first, to a folder. Returns the paths of the parts by asset
 * key.
 */
async function writeAssets(folder: string, { loader, compiled, build }: Contents): Promise<Record<string, string>> {
  await writeFile(join(folder, "main.js"), `const ENTRY=${JSON.stringify(MAIN)};${loader}`);
  const files: [string, string | Uint8Array][] = [
    ["loader.js", loader],
    [BUILD_ASSET, build],
  ];
  for (const [name, { text, cache }] of compiled) files.push([name, text], [`${name}.cache`, cache]);
  const assets: Record<string, string> = {};
  for (const [index, [name, bytes]] of files.entries()) {
    const file = join(folder, `${index}`);
    await writeFile(file, bytes);
    assets[name] = file;
  }
  return assets;
}

/** The native files of node-pty for this platform. */
async function nativeAssets(): Promise<Record<string, string>> {
  const folder = join(HOME, "node_modules/node-pty/prebuilds", `${process.platform}-${process.arch}`);
  const names = (await readdir(folder)).filter((name) => /^spawn-helper$|\.node$/.test(name));
  return Object.fromEntries(names.map((name) => [`native/${name}`, join(folder, name)]));
}

/** A copy of Node without debug symbols, which are a fifth of its size. */
async function strippedRuntime(folder: string, print: (line: string) => void): Promise<string> {
  const runtime = join(folder, "node");
  await copyFile(process.execPath, runtime);
  await chmod(runtime, 0o755);
  const { error, status, stderr } = spawnSync("strip", process.platform === "darwin" ? ["-x", runtime] : [runtime]);
  if (error === undefined && status === 0) return runtime;
  print(`the runtime is not stripped: ${error?.message ?? stderr}`);
  return process.execPath;
}
