import { ports } from "../../../protocol/commands/sys.ts";
import { handle } from "../../base/handler.ts";
import { platform } from "../../facts/platform.ts";

export default handle(ports, (_, { signal }) => platform.ports(signal));
