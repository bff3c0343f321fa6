import { basename, dirname, join } from "node:path";
import { split } from "../../../protocol/commands/fs-write.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";
import { refuseIrregular } from "./shared/refuse-irregular.ts";

export default handle(split, async ({ path, bytes, out }, { asked, host, signal }) => {
  await refuseIrregular("fs.split", path);
  const askedPath = asked.path as string;
  const own = asked.out === "";
  const askedFolder = own ? dirname(askedPath) : (asked.out as string);
  const folder = own ? await host.resolvePath(askedFolder) : out;
  const base = basename(askedPath);
  const names = await interruptible(signal, (interrupt) =>
    host.tasks.run("split-file", { path, base, bytes, folder, interrupt }),
  );
  return names.map((name) => join(askedFolder, name));
});
