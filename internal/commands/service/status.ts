import { status } from "../../../protocol/commands/service.ts";
import { handle } from "../../base/handler.ts";
import { runningService } from "./shared/running-service.ts";

export default handle(status, (_params, { host }) => runningService(host).status());
