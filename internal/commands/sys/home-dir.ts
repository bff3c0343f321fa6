import { homeDir } from "../../../protocol/commands/sys.ts";
import { handle } from "../../base/handler.ts";
import { homeFolder } from "./shared/home-folder.ts";

export default handle(homeDir, (_, { host }) => homeFolder(host.env));
