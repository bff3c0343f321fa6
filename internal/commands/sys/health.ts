import { loadavg } from "node:os";
import { health } from "../../../protocol/commands/sys.ts";
import { handle } from "../../base/handler.ts";
import type { Disk } from "../../facts/facts.ts";
import { percentOf } from "../../facts/percent.ts";
import { platform } from "../../facts/platform.ts";

export default handle(health, async () => {
  const [memory, disks] = await Promise.all([platform.memory(), platform.disks()]);
  const cpu_percent = percentOf(loadavg()[0] ?? 0, platform.processorTimes().length);
  const memory_percent = memory.usage_percent;
  const disk_percent = fullest(disks);
  return { score: healthScore([cpu_percent, memory_percent, disk_percent]), cpu_percent, memory_percent, disk_percent };
});

/** Usage in percent up to which the score is not reduced. */
const FREE_OF_COST = 70;

/** 100 minus a cost per resource: 0 up to 70 % usage, rising linearly to 100 / (number of resources) at 100 %. */
export function healthScore(uses: readonly number[]): number {
  const cost = (use: number) => (Math.max(0, use - FREE_OF_COST) / (100 - FREE_OF_COST)) * (100 / uses.length);
  return Math.round(100 - uses.reduce((total, use) => total + cost(use), 0));
}

/** Read-only images (always full), memory, and remote file systems. */
const NO_LOCAL_DISK = /^(squashfs|erofs|iso9660|udf|cramfs|tmpfs|ramfs|devtmpfs|nfs4?|cifs|smb3|9p|afs|ceph|fuse\..*)$/;

export function fullest(disks: readonly Disk[]): number {
  return disks
    .filter(({ file_system }) => !NO_LOCAL_DISK.test(file_system))
    .reduce((most, { usage_percent }) => Math.max(most, usage_percent), 0);
}
