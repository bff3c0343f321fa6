import { copy } from "../../protocol/commands/fs-change.ts";
import { handle } from "../handler.ts";
import { interruptible } from "./interrupt.ts";

export default handle(copy, async ({ src, dest }, { host, signal }) => {
  const keep = { times: false, owner: false };
  await interruptible(signal, (interrupt) => host.tasks.run("copy-tree", { src, dest, keep, interrupt }));
  return null;
});
