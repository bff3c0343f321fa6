import { open } from "../../../protocol/commands/fs-handle.ts";
import { handle } from "../../base/handler.ts";
import { handlesOf } from "./shared/handles-of.ts";
import { OpenFile } from "./shared/open-file.ts";
import { openFlags } from "./shared/open-flags.ts";

export default handle(open, async ({ path, flags, mode, shared }, { host, peer }) => {
  const openFile = () => OpenFile.open(path, openFlags(flags), Number.parseInt(mode.replace("o", ""), 8));
  if (host.service === undefined) return { handle: await openAndClose(openFile) };
  const owner = peer?.saidHello === true && !shared ? peer : undefined;
  return { handle: await handlesOf(host).open(owner, openFile) };
});

/** In a one-shot command the file cannot stay open. It is still opened, because that may create or truncate it. */
async function openAndClose(openFile: () => Promise<OpenFile>): Promise<number> {
  const file = await openFile();
  const { descriptor } = file;
  await file.close();
  return descriptor;
}
