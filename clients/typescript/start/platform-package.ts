import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

/**
 * What an executable is published for, as `<process.platform>-<process.arch>`. Each is in a package of its own, `xsys-`
 * and that name; the package `xsys` names all of them as optional dependencies, of which package managers install the
 * one that fits. The ones for Linux need glibc.
 */
export const PLATFORMS: readonly string[] = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"];

const PLATFORM = `${process.platform}-${process.arch}`;

/** The executable's name in its package, and anywhere else. */
export const EXECUTABLE: string = nameFor(PLATFORM);

export type Found = { readonly file: string } | { readonly problem: string };

/**
 * The executable that `named` names (`$XSYS_PATH` by default; empty for none), else the one in the package for this platform, wherever Node's resolution finds
 * that package from a file (or its URL) on: beside it, in a folder above, in a store that links lead to, or by the
 * resolver of yarn's Plug'n'Play.
 */
export function installedExecutable(
  from: string,
  platform: string = PLATFORM,
  named: string = process.env.XSYS_PATH ?? "",
): Found {
  if (named && !isSame(named, from)) {
    const file = resolve(named);
    return isExecutable(file) ? { file } : { problem: `XSYS_PATH names ${file}, which is not an executable file` };
  }
  const file = packaged(from, platform);
  if (file === undefined) return { problem: `${whyMissing(from, platform)}, or set XSYS_PATH to an executable` };
  return isExecutable(file) ? { file } : { problem: `${file} is not an executable file` };
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether XSYS_PATH names the launcher that asks, which need not be started a second time. */
function isSame(named: string, from: string): boolean {
  try {
    return realpathSync(named) === realpathSync(from);
  } catch {
    return false;
  }
}

function packaged(from: string, platform: string): string | undefined {
  try {
    return createRequire(from).resolve(`xsys-${platform}/${nameFor(platform)}`);
  } catch {
    return undefined;
  }
}

function nameFor(platform: string): string {
  return platform.startsWith("win32") ? "xsys.exe" : "xsys";
}

function whyMissing(from: string, platform: string): string {
  if (!PLATFORMS.includes(platform)) {
    return `there is no package with an executable for ${platform}: build one from the sources`;
  }
  if (platform === PLATFORM && hasMusl()) return NEEDS_GLIBC;
  const others = PLATFORMS.filter((other) => packaged(from, other) !== undefined).map((other) => `xsys-${other}`);
  if (others.length > 0) {
    const copied = "node_modules was installed on another platform: run npm install on this one";
    return `the package xsys-${platform} is not installed, but ${others.join(" and ")} is: ${copied}`;
  }
  const omitted = "an optional dependency of xsys, which --omit=optional and --no-optional leave out";
  return `the package xsys-${platform} is not installed (${omitted}): run npm install --include=optional`;
}

/** Why an executable of the packages does not run on this system. */
export const NEEDS_GLIBC: string = `there is no package with an executable for ${PLATFORM} with musl, only with glibc: build one from the sources`;

/** Whether this Node was built for musl. */
export function hasMusl(): boolean {
  if (process.platform !== "linux") return false;
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
