import { realpathSync } from "node:fs";
import { basename } from "node:path";
import type { Disk } from "../facts.ts";
import { readKernelNumber } from "./kernel-file.ts";
import type { Mount } from "./mounts.ts";

export type BlockDevice = Pick<Disk, "is_removable" | "disk_type">;

/** What the kernel tells about the disk below a file system: /sys/block/DISK/{removable,queue/rotational}. */
export function readBlockDevice(mount: Mount): BlockDevice {
  const device = deviceFolder(mount);
  const rotational = device && readDiskAttribute(device, "queue/rotational");
  return {
    is_removable: device !== undefined && readDiskAttribute(device, "removable") === 1,
    disk_type: rotational === undefined ? "Unknown" : rotational === 1 ? "HDD" : "SSD",
  };
}

/**
 * The device's folder in /sys. btrfs and zfs have device numbers of no device (major 0); there the name of the source
 * leads to it. File systems without a disk have neither.
 */
function deviceFolder({ device, source }: Mount): string | undefined {
  if (!device.startsWith("0:")) return `/sys/dev/block/${device}`;
  if (!source.startsWith("/dev/")) return undefined;
  try {
    return `/sys/class/block/${basename(realpathSync(source))}`;
  } catch {
    return undefined;
  }
}

/** A partition has no such attributes itself; its folder lies in that of its disk. */
function readDiskAttribute(device: string, attribute: string): number | undefined {
  return readKernelNumber(`${device}/${attribute}`) ?? readKernelNumber(`${device}/../${attribute}`);
}
