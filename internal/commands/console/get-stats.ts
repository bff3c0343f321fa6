import { getStats } from "../../../protocol/commands/console.ts";
import { handle } from "../../base/handler.ts";
import { interceptorOf } from "./shared/interceptor-of.ts";

export default handle(getStats, (_params, { host }) => interceptorOf(host).figures());
