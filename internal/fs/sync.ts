import { sync } from "../../protocol/commands/fs-change.ts";
import { handle } from "../handler.ts";
import { interruptible } from "./interrupt.ts";

export default handle(sync, ({ src, dest }, { host, signal }) =>
  interruptible(signal, (interrupt) => host.tasks.run("sync-tree", { src, dest, interrupt })),
);
