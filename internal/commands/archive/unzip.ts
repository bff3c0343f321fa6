import { unzip } from "../../../protocol/commands/archive.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";

export default handle(unzip, (params, { host, signal }) =>
  interruptible(signal, (interrupt) => host.tasks.run("unpack-zip", { ...params, interrupt })),
);
