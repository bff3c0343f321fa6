import { constants } from "node:fs";
import { catWrite } from "../../protocol/commands/fs-change.ts";
import { handle } from "../handler.ts";
import { contentsOf } from "./contents.ts";
import { writeInto } from "./write-into.ts";

const { O_CREAT, O_TRUNC, O_WRONLY } = constants;

export default handle(catWrite, async ({ path }, context) => ({
  bytes: await writeInto(path, O_WRONLY | O_CREAT | O_TRUNC, contentsOf(undefined, context)),
}));
