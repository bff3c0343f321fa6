import { resolve as resolvePath } from "node:path";
import { resolve } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(resolve, ({ segments }, { host }) => resolvePath(host.root, ...segments));
