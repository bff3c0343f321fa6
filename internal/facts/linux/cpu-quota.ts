import { join, relative } from "node:path";
import { readKernelFile, readKernelNumber } from "./kernel-file.ts";

/**
 * The number of CPUs, possibly with a fraction, that the control groups of this process may use in a period: the least
 * of `cpu.max` (version 2) and of `cpu.cfs_quota_us` / `cpu.cfs_period_us` (version 1) from its own group up to the
 * root that is mounted here. Undefined without a limit. `root` is the folder that has /proc and /sys.
 */
export function readCpuQuota(root = "/"): number | undefined {
  const groups = parseGroups(readKernelFile(join(root, "proc/self/cgroup")) ?? "");
  const quotas = parseMounts(readKernelFile(join(root, "proc/self/mountinfo")) ?? "").flatMap((mount) => {
    const group = mount.version === 2 ? groups.unified : groups.cpu;
    return group === undefined ? [] : foldersOf(group, mount).map((folder) => quotaIn(join(root, folder), mount));
  });
  const least = Math.min(...quotas.filter((quota) => quota !== undefined));
  return least === Number.POSITIVE_INFINITY ? undefined : least;
}

interface Mount {
  readonly version: 1 | 2;
  /** Group that is mounted, and where. */
  readonly group: string;
  readonly folder: string;
}

/** proc_pid_cgroup(5): `0::/group` for version 2, `4:cpu,cpuacct:/group` for version 1. */
function parseGroups(text: string): { readonly unified: string | undefined; readonly cpu: string | undefined } {
  return { unified: /^0::(.*)$/m.exec(text)?.[1], cpu: /^\d+:(?:[^:\n]*,)?cpu(?:,[^:\n]*)?:(.*)$/m.exec(text)?.[1] };
}

/** The mounted hierarchies that may limit CPUs: proc_pid_mountinfo(5). */
function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line): Mount[] => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , group = "", folder = ""] = before.split(" ");
    const [type, , options = ""] = after.split(" ");
    if (type === "cgroup2") return [{ version: 2, group, folder }];
    return type === "cgroup" && options.split(",").includes("cpu") ? [{ version: 1, group, folder }] : [];
  });
}

/** The folders of a group and of its parents. In a container the path may lie outside of what is mounted. */
function foldersOf(group: string, mount: Mount): string[] {
  const below = relative(mount.group, group);
  const names = below.startsWith("..") ? [] : below.split("/").filter(Boolean);
  return [...names, ""].map((_, count) => join(mount.folder, ...names.slice(0, count)));
}

function quotaIn(folder: string, { version }: Mount): number | undefined {
  const [quota = "", period = ""] =
    version === 2
      ? (readKernelFile(join(folder, "cpu.max")) ?? "").trim().split(" ")
      : ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map((name) => `${readKernelNumber(join(folder, name)) ?? ""}`);
  const cpus = Number.parseInt(quota, 10) / Number.parseInt(period, 10);
  return cpus > 0 && Number.isFinite(cpus) ? cpus : undefined;
}
