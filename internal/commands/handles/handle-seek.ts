import { handleSeek } from "../../../protocol/commands/fs-handle.ts";
import { handle } from "../../base/handler.ts";
import { openFileOf } from "./shared/handles-of.ts";

export default handle(handleSeek, async ({ handle: number, offset, whence }, context) => ({
  pos: await openFileOf(handleSeek.name, number, context).seek(offset, whence),
}));
