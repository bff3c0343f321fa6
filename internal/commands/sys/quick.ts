import { statfs } from "node:fs/promises";
import { hostname, loadavg, uptime } from "node:os";
import { quick } from "../../../protocol/commands/sys.ts";
import { handle } from "../../base/handler.ts";
import { percentOf } from "../../facts/percent.ts";
import { platform } from "../../facts/platform.ts";

export default handle(quick, async (_, { host }) => {
  const [system, memory, { blocks, bfree, bavail }] = await Promise.all([
    platform.system(),
    platform.memory(),
    statfs(host.root),
  ]);
  return {
    hostname: hostname(),
    os: `${system.os_name} ${system.os_version}`.trimEnd(),
    cpu_count: platform.processorTimes().length,
    load_one: loadavg()[0] ?? 0,
    memory_total: memory.total,
    memory_used: memory.used,
    memory_percent: memory.usage_percent,
    disk_percent: percentOf(blocks - bfree, blocks - bfree + bavail),
    uptime: Math.floor(uptime()),
  };
});
