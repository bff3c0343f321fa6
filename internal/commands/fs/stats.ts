import { lstat } from "node:fs";
import { promisify } from "node:util";
import { stats } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { fileStats } from "../../files/file-stats.ts";

/** Avoids "node:fs/promises", which takes a one-shot command 1 ms to load. */
const stat = promisify(lstat);

export default handle(stats, async ({ path }) => fileStats(await stat(path)));
