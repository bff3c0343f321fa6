import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { walk } from "../../../internal/files/walk.ts";

/** Everything below a directory: contents of files, targets of links, modes. Equal states mean that nothing changed. */
export function folderState(root: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const { kind, relative } of walk(root)) {
    const path = join(root, relative);
    const mode = (lstatSync(path).mode & 0o7777).toString(8);
    if (kind === "link") state[relative] = `-> ${readlinkSync(path)}`;
    else state[relative] = kind === "file" ? `${mode} ${readFileSync(path, "latin1")}` : `${mode}/`;
  }
  return state;
}
