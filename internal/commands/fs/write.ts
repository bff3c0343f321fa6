import { constants } from "node:fs";
import { write } from "../../../protocol/commands/fs-write.ts";
import { handle } from "../../base/handler.ts";
import { contentsOf } from "../../files/contents.ts";
import { replaceFile } from "../../files/replace-file.ts";
import { writeInto } from "../../files/write-into.ts";

const { O_APPEND, O_CREAT, O_WRONLY } = constants;

export default handle(write, async ({ path, append, data }, context) => {
  const contents = contentsOf(data, context);
  if (append) await writeInto(path, O_WRONLY | O_CREAT | O_APPEND, contents, context.signal);
  else await replaceFile(path, contents, { orInPlace: true, signal: context.signal });
  return null;
});
