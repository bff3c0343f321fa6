import { atomicWrite } from "../../protocol/commands/fs-change.ts";
import { handle } from "../handler.ts";
import { contentsOf } from "./contents.ts";
import { replaceFile } from "./replace-file.ts";

export default handle(atomicWrite, async ({ path, data }, context) => {
  await replaceFile(path, contentsOf(data, context), { evenReadOnly: true, syncFolder: true });
  return null;
});
