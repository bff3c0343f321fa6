import { constants } from "node:fs";
import { catWrite } from "../../../protocol/commands/fs-write.ts";
import { handle } from "../../base/handler.ts";
import { contentsOf } from "../../files/contents.ts";
import { writeInto } from "../../files/write-into.ts";

const { O_CREAT, O_TRUNC, O_WRONLY } = constants;

export default handle(catWrite, async ({ path }, context) => ({
  bytes: await writeInto(path, O_WRONLY | O_CREAT | O_TRUNC, contentsOf(undefined, context), context.signal),
}));
