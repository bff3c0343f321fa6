import { writeSecure } from "../../protocol/commands/fs-change.ts";
import { handle } from "../handler.ts";
import { contentsOf } from "./contents.ts";
import { octal } from "./octal.ts";
import { replaceFile } from "./replace-file.ts";

export default handle(writeSecure, async ({ path, mode, data }, context) => {
  await replaceFile(path, contentsOf(data, context), { mode: octal(mode), evenReadOnly: true });
  return null;
});
