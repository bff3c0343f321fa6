import { copy } from "../../../protocol/commands/fs-tree.ts";
import { handle } from "../../base/handler.ts";
import { runCopy } from "./shared/run-copy.ts";

export default handle(copy, async ({ src, dest }, context) => {
  await runCopy({ src, dest, keep: { times: false, owner: false }, skipSame: false }, context);
  return null;
});
