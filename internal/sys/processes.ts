import { processes } from "../../protocol/commands/sys.ts";
import { handle } from "../handler.ts";
import { platform } from "./platform.ts";

export default handle(processes, (query, { signal }) => platform.processes(query, signal));
