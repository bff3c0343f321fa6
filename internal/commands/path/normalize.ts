import { normalize as normalizePath } from "node:path";
import { normalize } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(normalize, ({ path }) => normalizePath(path));
