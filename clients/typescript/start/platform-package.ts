import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

/**
 * The platforms with a published executable, as `<process.platform>-<process.arch>`. Each has its own package
 * `xsys-<platform>`. The package `xsys` lists all of them as optional dependencies, and package managers install the
 * one that fits. The packages for Linux need glibc.
 */
export const PLATFORMS: readonly string[] = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"];

const PLATFORM = `${process.platform}-${process.arch}`;

/** The executable's file name, in its package and on PATH. */
export const EXECUTABLE: string = nameFor(PLATFORM);

export type Found = { readonly file: string } | { readonly problem: string };

/**
 * The executable at the path `named` (default: `$XSYS_PATH`; empty: none), else the one in the package for this
 * platform. The package is found by Node's resolution from the file or URL `from`: beside it, in a folder above,
 * through symbolic links to a store, or by the resolver of yarn's Plug'n'Play.
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

/** Whether XSYS_PATH names the calling launcher itself, which must not be started a second time. */
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

/** The error on a Linux system with musl, where the packaged executables do not run. */
export const NEEDS_GLIBC: string = `there is no package with an executable for ${PLATFORM} with musl, only with glibc: build one from the sources`;

/** Whether this Node was built for musl. */
export function hasMusl(): boolean {
  if (process.platform !== "linux") return false;
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
