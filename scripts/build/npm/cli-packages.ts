import { chmod, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { thisPlatform } from "../platform.ts";
import { type Manifest, manifest, writeManifest } from "./manifest.ts";

const LAUNCHER = fileURLToPath(new URL("launcher.js", import.meta.url));

/** What there are executables for, as `<os>-<arch>`; each is made on its own platform. */
const PLATFORMS = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64"];

/**
 * The command line: `xsys-cli`, whose programs run the executable of the package for the platform, of which npm installs
 * the one that fits.
 */
export async function cliPackage(folder: string): Promise<Manifest> {
  await mkdir(folder, { recursive: true });
  await cp(LAUNCHER, join(folder, "xsys.js"));
  const described = await manifest(
    "xsys-cli",
    "xsys, the system-services engine, as programs: xsys, and xhsc for XyPriss.",
  );
  return writeManifest(folder, {
    ...described,
    type: "module",
    bin: { xsys: "xsys.js", xhsc: "xsys.js" },
    files: ["xsys.js"],
    optionalDependencies: Object.fromEntries(PLATFORMS.map((name) => [`xsys-cli-${name}`, described.version])),
  });
}

/**
 * The executable for this platform: `xsys-cli-<os>-<arch>`. Its programs have the platform in their names, by which
 * XyPriss's client finds it in node_modules/.bin with no launcher in between.
 */
export async function platformPackage(folder: string, executable: string): Promise<Manifest> {
  const { name, ending } = thisPlatform();
  const file = `xsys${ending}`;
  await mkdir(folder, { recursive: true });
  await cp(executable, join(folder, file));
  await chmod(join(folder, file), 0o755);
  return writeManifest(folder, {
    ...(await manifest(`xsys-cli-${name}`, `The executable of xsys-cli for ${name}.`)),
    os: [process.platform],
    cpu: [process.arch],
    ...(process.platform === "linux" && { libc: ["glibc"] }),
    bin: { [`xsys-${name}`]: file, [`xhsc-${name}`]: file },
    files: [file],
  });
}
