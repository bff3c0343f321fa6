import { zip } from "../../../protocol/commands/archive.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";

export default handle(zip, ({ dir, output, level = 6 }, { host, signal }) =>
  interruptible(signal, (interrupt) => host.tasks.run("pack-zip", { dir, output, level, interrupt })),
);
