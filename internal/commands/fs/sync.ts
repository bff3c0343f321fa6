import { realpath } from "node:fs/promises";
import { sync } from "../../../protocol/commands/fs-tree.ts";
import { handle } from "../../base/handler.ts";
import { runCopy } from "./shared/run-copy.ts";

export default handle(sync, async ({ src, dest }, context) =>
  runCopy({ src: await realpath(src), dest, keep: { times: true, owner: false }, skipSame: true }, context),
);
