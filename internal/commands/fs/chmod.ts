import { chmod as setMode } from "node:fs/promises";
import { chmod } from "../../../protocol/commands/fs-tree.ts";
import { handle } from "../../base/handler.ts";
import { octal } from "./shared/octal.ts";

export default handle(chmod, async ({ path, mode }) => {
  await setMode(path, octal(mode));
  return null;
});
