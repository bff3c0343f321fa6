import { join as joinPaths } from "node:path";
import { join } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(join, ({ segments }) => joinPaths(...segments));
