import { resize } from "../../../protocol/commands/terminal.ts";
import { handle } from "../../base/handler.ts";
import { terminalsOf } from "./shared/terminals.ts";

export default handle(resize, ({ terminal, cols, rows }, { host, peer }) => {
  terminalsOf(host).find(terminal, peer).resize(cols, rows);
  return null;
});
