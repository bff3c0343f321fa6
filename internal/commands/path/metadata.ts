import { isAbsolute, parse } from "node:path";
import { metadata } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(metadata, ({ path }) => {
  const { dir, base, ext, name } = parse(path);
  return { dir, base, ext, name, isAbsolute: isAbsolute(path) };
});
