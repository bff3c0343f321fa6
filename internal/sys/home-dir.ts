import { homeDir } from "../../protocol/commands/sys.ts";
import { handle } from "../base/handler.ts";
import { homeFolder } from "./home-folder.ts";

export default handle(homeDir, () => homeFolder());
