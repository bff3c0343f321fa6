import { handleRead } from "../../../protocol/commands/fs-handle.ts";
import { handle } from "../../base/handler.ts";
import { bytesThatFit } from "./shared/bytes-as-text.ts";
import { openFileOf } from "./shared/handles-of.ts";

export default handle(handleRead, async ({ handle: number, length, encoding }, context) => {
  const file = openFileOf(handleRead.name, number, context);
  const bytes = await file.read(length, bytesThatFit(context.host.maxResult, encoding));
  return { content: bytes.toString(encoding) };
});
