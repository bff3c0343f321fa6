import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EXECUTABLE, installedExecutable, isExecutable } from "./platform-package.ts";

export type Program = { readonly words: readonly string[] } | { readonly problem: string };

/**
 * How xsys is started on this machine, the first that is there of: the executable that `$XSYS_PATH` names; the one in the
 * package that is installed beside this SDK; the sources that this SDK is a part of; `xsys` on PATH.
 */
export function findXsys(from: string = import.meta.url): Program {
  const installed = installedExecutable(from);
  if ("file" in installed) return { words: [installed.file] };
  if (process.env.XSYS_PATH) return installed;
  const file = onPath();
  const words = sourcesOf(from) ?? (file === undefined ? undefined : [file]);
  return words === undefined ? { problem: `there is no ${EXECUTABLE} on PATH, and ${installed.problem}` } : { words };
}

/** In a clone of the project there is no package: its sources are run by this Node, or by the one that they need. */
function sourcesOf(from: string): readonly string[] | undefined {
  const file = fileURLToPath(new URL("../../../cmd/xsys/xsys.js", from));
  return existsSync(file) ? [process.execPath, file] : undefined;
}

/** Looked up here, for an error of spawn's does not tell a missing program from a missing folder to start it in. */
function onPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, EXECUTABLE)).find(isExecutable);
}
