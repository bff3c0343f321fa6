import { chmod, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { MAIN_EXECUTABLE } from "../../../clients/front/build.ts";
import { EXECUTABLE } from "../../../clients/typescript/start/platform-package.ts";
import { thisPlatform } from "../platform.ts";
import { type Manifest, manifest, writeManifest } from "./manifest.ts";

export interface PlatformPackageContents {
  readonly executable: string;
  /** The native front, which is installed as the program; it finds the executable beside it. */
  readonly front?: string | undefined;
  /** File with the licenses of all code in the executable. */
  readonly licenses: string;
}

/**
 * Writes the package with the executable for this platform: `xsys-<process.platform>-<process.arch>`. Its programs
 * have the platform in their names as XyPriss's client spells it, so that the client finds them in node_modules/.bin
 * and runs them without a launcher.
 */
export async function platformPackage(
  folder: string,
  { executable, front, licenses }: PlatformPackageContents,
): Promise<Manifest> {
  const platform = `${process.platform}-${process.arch}`;
  const { name } = thisPlatform();
  await mkdir(folder, { recursive: true });
  const programs = new Map([[EXECUTABLE, front ?? executable]]);
  if (front !== undefined) programs.set(MAIN_EXECUTABLE, executable);
  for (const [file, program] of programs) {
    await cp(program, join(folder, file));
    await chmod(join(folder, file), 0o755);
  }
  await cp(licenses, join(folder, "LICENSES.txt"));
  return writeManifest(folder, {
    ...(await manifest(`xsys-${platform}`, `The executable of the package xsys for ${platform}.`)),
    os: [process.platform],
    cpu: [process.arch],
    ...(process.platform === "linux" && { libc: ["glibc"] }), // required by Node's official builds
    preferUnplugged: true, // Yarn Plug'n'Play would keep it in an archive, where it cannot be executed
    bin: { [`xsys-${name}`]: EXECUTABLE, [`xhsc-${name}`]: EXECUTABLE },
    files: [...programs.keys(), "LICENSES.txt"],
  });
}
