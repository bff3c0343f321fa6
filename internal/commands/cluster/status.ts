import { status } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { supervisorOf } from "../../cluster/supervisors.ts";

export default handle(status, (_params, { host }) => supervisorOf(host).status());
