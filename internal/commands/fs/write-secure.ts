import { writeSecure } from "../../../protocol/commands/fs-write.ts";
import { handle } from "../../base/handler.ts";
import { contentsOf } from "../../files/contents.ts";
import { replaceFile } from "../../files/replace-file.ts";
import { octal } from "./shared/octal.ts";

export default handle(writeSecure, async ({ path, mode, data }, context) => {
  await replaceFile(path, contentsOf(data, context), { mode: octal(mode), evenReadOnly: true, signal: context.signal });
  return null;
});
