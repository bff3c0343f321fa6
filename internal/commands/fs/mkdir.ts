import { mkdir as makeOne } from "node:fs/promises";
import { mkdir } from "../../../protocol/commands/fs-tree.ts";
import { handle } from "../../base/handler.ts";
import { makeFolder } from "../../files/make-folder.ts";

export default handle(mkdir, async ({ path, parents }) => {
  if (parents) makeFolder(path);
  else await makeOne(path);
  return null;
});
