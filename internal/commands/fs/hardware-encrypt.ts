import { hardwareEncrypt } from "../../../protocol/commands/fs-guard.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";
import { machineIdOf } from "./shared/machine-id.ts";
import { refuseIrregular } from "./shared/refuse-irregular.ts";

export default handle(hardwareEncrypt, async ({ path, key }, { host, signal }) => {
  await refuseIrregular("fs.hardware-encrypt", path);
  const machineId = await machineIdOf(process.platform);
  await interruptible(signal, (interrupt) => host.tasks.run("seal-file", { path, secret: key, machineId, interrupt }));
  return null;
});
