import { readFileSync, statfsSync } from "node:fs";
import type { Disk } from "../facts.ts";
import { percentOf } from "../percent.ts";
import { type BlockDevice, readBlockDevice } from "./block-device.ts";
import { type Mount, parseMounts } from "./mounts.ts";
import { RemoteSpace } from "./remote-space.ts";
import { type Space, toSpace } from "./space.ts";

const remote = new RemoteSpace();

/**
 * Every mount point with space of its own, including bind mounts and subvolumes, so that callers can find the mount of
 * a folder. Those that refuse access or do not respond are left out.
 */
export async function readDisks(): Promise<Disk[]> {
  const disks: Disk[] = [];
  for (const { mount, device } of readVolumes()) {
    const space = isRemote(mount.type) ? await remote.of(mount.mountPoint) : localSpace(mount.mountPoint);
    if (space !== undefined && space.total > 0) disks.push(describe(mount, device, space));
  }
  return disks;
}

interface Volume {
  readonly mount: Mount;
  readonly device: BlockDevice;
}

let known: { readonly mountinfo: string; readonly volumes: readonly Volume[] } | undefined;

/** Cached until the mount table changes. Only the free space is read again at each call. */
function readVolumes(): readonly Volume[] {
  const mountinfo = readFileSync("/proc/self/mountinfo", "utf8");
  if (known?.mountinfo !== mountinfo) {
    const mounts = parseMounts(mountinfo).filter(({ type }) => !PSEUDO.has(type));
    known = { mountinfo, volumes: mounts.map((mount) => ({ mount, device: readBlockDevice(mount) })) };
  }
  return known.volumes;
}

/** File systems that do not store files. statfs on an autofs mount point would trigger the mount. */
const PSEUDO: ReadonlySet<string> = new Set([
  ...["autofs", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs"],
  ...["efivarfs", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal", "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc"],
  ...["pstore", "ramfs", "rpc_pipefs", "securityfs", "selinuxfs", "sysfs", "tracefs"],
]);

/** File systems served by another machine or program, which may not respond. */
function isRemote(type: string): boolean {
  return /^(nfs4?|cifs|smb3?|smbfs|ncpfs|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|ocfs2|fuse|fuse\..*)$/.test(type);
}

/** Synchronous: the kernel answers from memory, in 1.5 µs. */
function localSpace(mountPoint: string): Space | undefined {
  try {
    return toSpace(statfsSync(mountPoint));
  } catch {
    return undefined;
  }
}

function describe({ source, mountPoint, type }: Mount, device: BlockDevice, { total, used, available }: Space): Disk {
  return {
    name: source,
    mount_point: mountPoint,
    file_system: type,
    total_space: total,
    available_space: available,
    used_space: used,
    usage_percent: percentOf(used, used + available),
    ...device,
  };
}
