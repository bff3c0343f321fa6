import { extname as extensionOf } from "node:path";
import { extname } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(extname, ({ path }) => extensionOf(path));
