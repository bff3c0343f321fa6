import { encrypt } from "../../../protocol/commands/fs-guard.ts";
import { handle } from "../../base/handler.ts";
import { interruptible } from "../../files/interrupt.ts";
import { refuseIrregular } from "./shared/refuse-irregular.ts";

export default handle(encrypt, async ({ path, key }, { host, signal }) => {
  await refuseIrregular("fs.encrypt", path);
  await interruptible(signal, (interrupt) => host.tasks.run("seal-file", { path, secret: key, interrupt }));
  return null;
});
