import { updateConfig } from "../../../protocol/commands/console.ts";
import { handle } from "../../base/handler.ts";
import { interceptorOf } from "./shared/interceptor-of.ts";

export default handle(updateConfig, (config, { host }) => ({
  literal_patterns: [...interceptorOf(host).configure(config)],
}));
