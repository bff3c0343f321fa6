import { du } from "../../protocol/commands/fs-read.ts";
import { handle } from "../handler.ts";

export default handle(du, async ({ path }, { host, signal, asked }) => {
  const { size, files, folders } = await host.tasks.run("measure-tree", { path }, { signal });
  return { path: asked.path as string, size, file_count: files, dir_count: folders };
});
