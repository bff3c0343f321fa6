import { dirname as folderOf } from "node:path";
import { dirname } from "../../protocol/commands/path.ts";
import { handle } from "../handler.ts";

export default handle(dirname, ({ path }) => folderOf(path));
