import { close } from "../../../protocol/commands/fs-handle.ts";
import { handle } from "../../base/handler.ts";
import { handlesOf } from "./shared/handles-of.ts";

export default handle(close, async (params, { host, peer }) => {
  // Without a service the file was already closed when the command that opened it ended. XyPriss closes it anyway.
  if (host.service !== undefined) await handlesOf(host).close(params.handle, peer, close.name);
  return null;
});
