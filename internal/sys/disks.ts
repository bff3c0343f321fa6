import { disks } from "../../protocol/commands/sys.ts";
import { handle } from "../handler.ts";
import { platform } from "./platform.ts";

export default handle(disks, () => platform.disks());
