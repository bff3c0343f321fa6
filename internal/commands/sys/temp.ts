import { temp } from "../../../protocol/commands/sys.ts";
import { platform } from "../../facts/platform.ts";
import { handle } from "../../base/handler.ts";

export default handle(temp, () => platform.temperatures());
