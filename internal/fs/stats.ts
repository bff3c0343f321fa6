import { lstat } from "node:fs/promises";
import { stats } from "../../protocol/commands/fs-read.ts";
import { handle } from "../handler.ts";
import { fileStats } from "./file-stats.ts";

export default handle(stats, async ({ path }) => fileStats(await lstat(path)));
