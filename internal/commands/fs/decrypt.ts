import { decrypt } from "../../../protocol/commands/fs-guard.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";
import { refuseIrregular } from "./shared/refuse-irregular.ts";

export default handle(decrypt, async ({ path, key }, { host, signal }) => {
  await refuseIrregular("fs.decrypt", path);
  await interruptible(signal, (interrupt) => host.tasks.run("unseal-file", { path, secret: key, interrupt }));
  return null;
});
