import { atomicWrite } from "../../../protocol/commands/fs-write.ts";
import { handle } from "../../base/handler.ts";
import { contentsOf } from "../../files/contents.ts";
import { replaceFile } from "../../files/replace-file.ts";

export default handle(atomicWrite, async ({ path, data }, context) => {
  await replaceFile(path, contentsOf(data, context), { evenReadOnly: true, syncFolder: true, signal: context.signal });
  return null;
});
