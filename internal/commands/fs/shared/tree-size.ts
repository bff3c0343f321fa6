import type { Context } from "../../../base/context.ts";
import { inParts } from "../../../files/tree-parts.ts";
import type { TreeSize } from "../tasks/measure-tree.ts";

/** Measures a tree, or one file, off the event loop. */
export async function treeSize(path: string, { host, signal }: Context): Promise<TreeSize> {
  const parts = await inParts((shared) => host.tasks.run("measure-tree", { path, shared }, { signal }));
  const total = (field: keyof TreeSize) => parts.reduce((sum, part) => sum + part[field], 0);
  return { size: total("size"), files: total("files"), folders: total("folders") };
}
