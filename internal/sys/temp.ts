import { temp } from "../../protocol/commands/sys.ts";
import { handle } from "../handler.ts";
import { platform } from "./platform.ts";

export default handle(temp, () => platform.temperatures());
