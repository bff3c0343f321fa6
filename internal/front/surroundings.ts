import { readFileSync, statSync } from "node:fs";

const NAMESPACES = ["mnt", "net", "pid", "user", "uts"];

/**
 * What a service must have in common with a process to run its command line as that process would: the build of xsys,
 * users and groups, umask, capabilities, root directory and namespaces. clients/front/front.c composes the same text.
 * Undefined if /proc cannot be read.
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
      status("Groups").join(","),
      BigInt(`0x${status("CapEff")[0]}`).toString(16),
      ...[dev, ino],
      ...NAMESPACES.map((name) => statSync(`/proc/self/ns/${name}`, { bigint: true }).ino),
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
