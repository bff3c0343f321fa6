import { mkdir as makeFolder } from "node:fs/promises";
import { mkdir } from "../../protocol/commands/fs-tree.ts";
import { handle } from "../handler.ts";

export default handle(mkdir, async ({ path, parents }) => {
  await makeFolder(path, { recursive: parents });
  return null;
});
