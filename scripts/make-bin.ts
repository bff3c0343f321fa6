/**
 * `npm run build:bin`: makes in bin/ the executables by the names that XyPriss's client looks for, and by our own. They
 * are launchers: they run the Node that this project pins, whatever the machine has, with the sources beside them.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { programNames, thisPlatform } from "./build/platform.ts";
import { HOME } from "./home.ts";

if (import.meta.main) for (const file of makeBin(join(HOME, "bin"))) console.log(relative(HOME, file));

/** Makes the executables for this platform in a folder, and gives their paths. */
export function makeBin(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const isWindows = process.platform === "win32";
  const launcher = isWindows ? batchLauncher(folder) : shellLauncher(folder);
  // Four files: a symbolic link would cost a start of readlink(1) with every call.
  return programNames({ ...thisPlatform(), ending: isWindows ? ".cmd" : "" }).map((name) => {
    const file = join(folder, name);
    writeFileSync(file, launcher, { mode: 0o755 });
    return file;
  });
}

/**
 * That it runs on Node is its own affair: the caller's NODE_OPTIONS (a debugger to wait for, modules to load) are for the
 * programs that xsys starts, and a process warning would be text that the caller did not ask for.
 * Workers are told the name that the launcher was started by.
 */
function shellLauncher(folder: string): string {
  return `#!/bin/sh
# Made by scripts/make-bin.ts.
self=$0
while [ -L "$self" ]; do
  target=$(command -p readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=\${self%/*}/$target ;;
  esac
done
case $self in
  */*) here=\${self%/*} ;;
  *) here=. ;;
esac
if [ -n "\${NODE_OPTIONS-}" ]; then
  export XSYS_NODE_OPTIONS="$NODE_OPTIONS"
  unset NODE_OPTIONS
fi
case " $* " in
  *" server start "*) export XSYS_PROGRAM="$0" ;;
esac
exec ${fromHere(folder, node())} --no-warnings ${fromHere(folder, main())} "$@"
`;
}

function batchLauncher(folder: string): string {
  const inQuotes = (file: string) => `"${isAbsolute(file) ? file : `%~dp0${file}`}"`;
  const words = [node(), main()].map((file) => inQuotes(relative(folder, file)));
  return `@rem Made by scripts/make-bin.ts.\r\n@${words.join(" ")} %*\r\n`;
}

/** A path as a word of the shell's, relative to the launcher where there is a way. */
function fromHere(folder: string, file: string): string {
  const way = relative(resolve(folder), file).split(sep).join("/");
  return isAbsolute(way) ? quoted(way) : `"$here"/${quoted(way)}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function main(): string {
  return join(HOME, "cmd", "xsys", "xsys.js");
}

/** The Node that npm installed for this project; without it the one that runs this. */
function node(): string {
  const pinned = join(HOME, "node_modules", ".bin", process.platform === "win32" ? "node.exe" : "node");
  return existsSync(pinned) ? pinned : process.execPath;
}
