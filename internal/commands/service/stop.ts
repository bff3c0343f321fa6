import { stop } from "../../../protocol/commands/service.ts";
import { handle } from "../../base/handler.ts";
import { runningService } from "./shared/running-service.ts";

export default handle(stop, ({ force }, { host }) => {
  runningService(host).stop(force);
  return null;
});
