/** The names that this platform has for XyPriss's client, which looks for `xhsc-<os>-<arch>`, for Node and npm, and for files. */
export interface Platform {
  /** `windows`, `darwin` or `linux`; everything else counts as linux. */
  readonly os: string;
  /** `arm64` or `amd64`; everything else counts as amd64. */
  readonly arch: string;
  /** As XyPriss's client has them: `linux-amd64`. */
  readonly name: string;
  /** `.exe` on Windows. */
  readonly ending: string;
}

export function thisPlatform(): Platform {
  const os = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "darwin" : "linux";
  const arch = process.arch === "arm64" ? "arm64" : "amd64";
  return { os, arch, name: `${os}-${arch}`, ending: os === "windows" ? ".exe" : "" };
}

/** The programs' names, those with the platform before those without, which is the order in which they are looked for. */
export function programNames({ name, ending }: Platform = thisPlatform()): string[] {
  return ["xhsc", "xsys"].flatMap((program) => [`${program}-${name}${ending}`, `${program}${ending}`]);
}
