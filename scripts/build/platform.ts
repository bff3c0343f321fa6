/** Names of this platform in file names. XyPriss's client looks for `xhsc-<os>-<arch>`. */
export interface Platform {
  /** `windows`, `darwin` or `linux`; everything else counts as linux. */
  readonly os: string;
  /** `arm64` or `amd64`; everything else counts as amd64. */
  readonly arch: string;
  /** Operating system and architecture as XyPriss's client names them: `linux-amd64`. */
  readonly name: string;
  /** `.exe` on Windows. */
  readonly ending: string;
}

export function thisPlatform(): Platform {
  const os = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "darwin" : "linux";
  const arch = process.arch === "arm64" ? "arm64" : "amd64";
  return { os, arch, name: `${os}-${arch}`, ending: os === "windows" ? ".exe" : "" };
}

/** The names of the programs, in the order in which XyPriss's client looks for them: with the platform first. */
export function programNames({ name, ending }: Platform = thisPlatform()): string[] {
  return ["xhsc", "xsys"].flatMap((program) => [`${program}-${name}${ending}`, `${program}${ending}`]);
}
