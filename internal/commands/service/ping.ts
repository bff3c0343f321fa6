import { ping } from "../../../protocol/commands/service.ts";
import { handle } from "../../base/handler.ts";
import { runningService } from "./shared/running-service.ts";

export default handle(ping, (_params, { host }) => {
  const { pid, version, uptime } = runningService(host).status();
  return { pid, version, uptime };
});
