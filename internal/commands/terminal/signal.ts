import { signal } from "../../../protocol/commands/terminal.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import { terminalsOf } from "./shared/terminals.ts";

export default handle(signal, ({ terminal, signal: name }, { host, peer }) => {
  const program = terminalsOf(host).find(terminal, peer);
  if (process.platform === "win32" && name !== "SIGKILL") {
    throw new XsysError("UNSUPPORTED", `terminal.signal: Windows has no ${name}`, { details: { signal: name } });
  }
  program.signalGroup(name);
  return null;
});
