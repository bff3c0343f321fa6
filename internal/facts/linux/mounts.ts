export interface Mount {
  /** `major:minor` of the device, for /sys/dev/block. */
  readonly device: string;
  /** The source that was passed to mount(8), such as `/dev/sda1`. */
  readonly source: string;
  readonly mountPoint: string;
  readonly type: string;
}

/**
 * /proc/self/mountinfo, proc_pid_mountinfo(5), which unlike /proc/self/mounts contains device numbers: `36 35 98:0
 * /root /mount/point options optional… - type source options`. Of several mounts on one mount point, only the last is
 * returned: it hides the others.
 */
export function parseMounts(mountinfo: string): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ", 2);
    const [, , device, , mountPoint] = before.split(" ");
    const [type, source] = after.split(" ");
    if (device === undefined || mountPoint === undefined || type === undefined || source === undefined) continue;
    const mount = { device, source: unescaped(source), mountPoint: unescaped(mountPoint), type };
    mounts.set(mount.mountPoint, mount);
  }
  return [...mounts.values()];
}

/** Space, tab, line feed, backslash and # are escaped as a backslash and three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
