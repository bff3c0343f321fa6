import { untar } from "../../../protocol/commands/archive.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";

export default handle(untar, (params, { host, signal }) =>
  interruptible(signal, (interrupt) => host.tasks.run("unpack-tar", { ...params, interrupt })),
);
