import { readFileSync, statSync } from "node:fs";
import { getPriority } from "node:os";

const NAMESPACES = ["mnt", "net", "pid", "time", "user", "uts"];
/** Resource limits by their names in /proc/self/limits, and which of the two values counts: Node raises a soft one. */
const LIMITS = [
  ["address space", "soft"],
  ["cpu time", "soft"],
  ["data size", "soft"],
  ["file size", "soft"],
  ["processes", "soft"],
  ["open files", "hard"],
] as const;
/** How the kernel represents no limit. */
const UNLIMITED = 2n ** 64n - 1n;

/**
 * What a service must have in common with a process to run its command line as that process would: the build of xsys,
 * users and groups, umask, priority, restrictions, resource limits, capabilities, root directory, namespaces and the
 * label of a security module. clients/front/process.h composes the same text. Undefined if /proc cannot be read.
 */
export function surroundings(build: string): string | undefined {
  try {
    const status = statusFields();
    const [uid, euid] = status("Uid");
    const [gid, egid] = status("Gid");
    const { dev, ino } = statSync("/", { bigint: true });
    return [
      build,
      ...[uid, euid, gid, egid],
      Number.parseInt(status("Umask")[0] ?? "", 8),
      20 - getPriority(), // as the system call returns it
      ...[status("NoNewPrivs")[0], status("Seccomp")[0]],
      ...limits(),
      status("Groups").join(","),
      BigInt(`0x${status("CapEff")[0]}`).toString(16),
      ...[dev, ino],
      ...NAMESPACES.map(namespace),
      label(),
    ].join(" ");
  } catch {
    return undefined;
  }
}

/** The values of a line of /proc/self/status: proc_pid_status(5). */
function statusFields(): (name: string) => string[] {
  const text = readFileSync("/proc/self/status", "utf8");
  return (name) => {
    const [, values = ""] = new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(text) ?? [];
    return values.split(/\s+/).filter(Boolean);
  };
}

function limits(): bigint[] {
  const text = readFileSync("/proc/self/limits", "utf8");
  return LIMITS.map(([name, which]) => {
    const [, soft = "", hard = ""] = new RegExp(`^Max ${name} +(\\S+) +(\\S+)`, "m").exec(text) ?? [];
    const value = which === "soft" ? soft : hard;
    return value === "unlimited" ? UNLIMITED : BigInt(value);
  });
}

/** The inode of a namespace; 0 where the kernel does not have that kind. */
function namespace(name: string): bigint {
  return statSync(`/proc/self/ns/${name}`, { bigint: true, throwIfNoEntry: false })?.ino ?? 0n;
}

/** The first word of the label that SELinux, AppArmor or another security module gave the process; `-` without one. */
function label(): string {
  try {
    return /^[^\0-\x20"\\]*/.exec(readFileSync("/proc/self/attr/current", "latin1"))?.[0] || "-";
  } catch {
    return "-";
  }
}
