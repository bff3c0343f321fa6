import type { Disk } from "../facts.ts";
import { percentOf } from "../percent.ts";
import { systeminformation, whole } from "./systeminformation.ts";

export async function readDisks(): Promise<Disk[]> {
  const library = await systeminformation();
  const [sizes, devices] = await Promise.all([library.fsSize(), library.blockDevices()]);
  return sizes
    .filter(({ size }) => size > 0)
    .map(({ fs, type, size, used, available, mount }) => ({
      name: fs,
      mount_point: mount,
      file_system: type,
      total_space: whole(size),
      available_space: whole(available),
      used_space: whole(used),
      usage_percent: percentOf(used, used + available),
      is_removable: devices.some((device) => device.mount === mount && device.removable),
      disk_type: "Unknown",
    }));
}
