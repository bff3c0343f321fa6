import { basename as lastPart } from "node:path";
import { basename } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(basename, ({ path, suffix }) => lastPart(path, suffix));
