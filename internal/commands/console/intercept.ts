import { intercept } from "../../../protocol/commands/console.ts";
import { handle } from "../../base/handler.ts";
import { interceptorOf } from "./shared/interceptor-of.ts";

export default handle(intercept, ({ message, level, worker_id }, { host }) => ({
  processed: interceptorOf(host).intercept(message, level, worker_id),
  level,
}));
