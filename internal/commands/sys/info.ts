import { hostname, loadavg, release, uptime } from "node:os";
import { info } from "../../../protocol/commands/sys.ts";
import { handle } from "../../base/handler.ts";
import { platform } from "../../facts/platform.ts";

export default handle(info, async () => {
  const { os_name, os_version, os_edition, boot_time } = await platform.system();
  const processors = await platform.processors();
  const memory = await platform.memory();
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    hostname: hostname(),
    os_name,
    os_version,
    os_edition,
    kernel_version: release(),
    architecture: process.arch,
    cpu_count: processors.length,
    cpu_brand: processors[0]?.brand ?? "",
    cpu_vendor: processors[0]?.vendor_id ?? "",
    cpu_frequency: processors[0]?.frequency ?? 0,
    total_memory: memory.total,
    used_memory: memory.used,
    available_memory: memory.available,
    total_swap: memory.swap_total,
    used_swap: memory.swap_used,
    uptime: Math.floor(uptime()),
    boot_time,
    load_average: { one, five, fifteen },
  };
});
