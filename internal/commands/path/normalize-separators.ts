import { sep } from "node:path";
import { normalizeSeparators } from "../../../protocol/commands/path.ts";
import { handle } from "../../base/handler.ts";

export default handle(normalizeSeparators, ({ path }) => path.replaceAll(/[\\/]/g, sep));
