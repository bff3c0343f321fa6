import { lstat } from "node:fs/promises";
import { stats } from "../../protocol/commands/fs-read.ts";
import { fileStats } from "../files/file-stats.ts";
import { handle } from "../handler.ts";

export default handle(stats, async ({ path }) => fileStats(await lstat(path)));
