import { realpathSync } from "node:fs";
import { basename } from "node:path";
import type { Disk } from "../facts.ts";
import { readKernelNumber } from "./kernel-file.ts";
import type { Mount } from "./mounts.ts";

export type BlockDevice = Pick<Disk, "is_removable" | "disk_type">;

/** Attributes of the disk that holds a file system: /sys/block/DISK/{removable,queue/rotational}. */
export function readBlockDevice(mount: Mount): BlockDevice {
  const device = deviceFolder(mount);
  const rotational = device && readDiskAttribute(device, "queue/rotational");
  return {
    is_removable: device !== undefined && readDiskAttribute(device, "removable") === 1,
    disk_type: rotational === undefined ? "Unknown" : rotational === 1 ? "HDD" : "SSD",
  };
}

/**
 * The device's folder in /sys. btrfs and zfs mounts have anonymous device numbers (major 0), so their device is found
 * by the name of the mount source. File systems without a disk have neither.
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

/** A partition does not have these attributes; they are in the folder of its disk, which contains the partition's. */
function readDiskAttribute(device: string, attribute: string): number | undefined {
  return readKernelNumber(`${device}/${attribute}`) ?? readKernelNumber(`${device}/../${attribute}`);
}
