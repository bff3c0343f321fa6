import { dedupe } from "../../protocol/commands/fs-read.ts";
import { asAsked } from "../files/as-asked.ts";
import { handle } from "../handler.ts";

export default handle(dedupe, async ({ path }, { host, signal, progress, asked }) => {
  const copies = await host.tasks.run("find-copies", { path }, { signal, progress });
  const named = asAsked(asked.path);
  return copies.map(({ hash, relatives, size }) => ({
    hash,
    paths: relatives.map(named),
    size,
  }));
});
