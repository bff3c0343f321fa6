import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EXECUTABLE, installedExecutable, isExecutable } from "./platform-package.ts";

export type Program = { readonly words: readonly string[] } | { readonly problem: string };

/**
 * Finds the command that starts xsys on this machine: the executable that `$XSYS_PATH` names. If the variable is not
 * set, the first of these that exists: the executable in the package installed beside this SDK; the source tree that
 * contains this SDK; `xsys` on PATH.
 */
export function findXsys(from: string = import.meta.url): Program {
  const installed = installedExecutable(from);
  if ("file" in installed) return { words: [installed.file] };
  if (process.env.XSYS_PATH) return installed;
  const file = onPath();
  const words = sourcesOf(from) ?? (file === undefined ? undefined : [file]);
  return words === undefined ? { problem: `there is no ${EXECUTABLE} on PATH, and ${installed.problem}` } : { words };
}

/** A clone of the project has no package: run its sources with this Node, which switches to the version they need. */
function sourcesOf(from: string): readonly string[] | undefined {
  const file = fileURLToPath(new URL("../../../cmd/xsys/xsys.js", from));
  return existsSync(file) ? [process.execPath, file] : undefined;
}

/** Looked up here because spawn's ENOENT does not tell a missing program from a missing working directory. */
function onPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, EXECUTABLE)).find(isExecutable);
}
