import { handleWrite } from "../../../protocol/commands/fs-handle.ts";
import { handle } from "../../base/handler.ts";
import { bytesOf } from "./shared/bytes-as-text.ts";
import { openFileOf } from "./shared/handles-of.ts";

export default handle(handleWrite, async ({ handle: number, data, encoding }, context) => ({
  n: await openFileOf(handleWrite.name, number, context).write(bytesOf(data, encoding)),
}));
