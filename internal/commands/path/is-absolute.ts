import { isAbsolute as startsAtRoot } from "node:path";
import { isAbsolute } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(isAbsolute, ({ path }) => startsAtRoot(path));
