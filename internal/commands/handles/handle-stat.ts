import { handleStat } from "../../../protocol/commands/fs-handle.ts";
import { handle } from "../../base/handler.ts";
import { fileStats } from "../../files/file-stats.ts";
import { openFileOf } from "./shared/handles-of.ts";

export default handle(handleStat, async (params, context) =>
  fileStats(await openFileOf(handleStat.name, params.handle, context).stat()),
);
