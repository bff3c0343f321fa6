import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { HOME } from "../../home.ts";

/** The oldest Node that the package `xsys` runs on: the first LTS release of Node 20. */
export const OLDEST_NODE = "20.9";

/** Writes the package's program as one CommonJS file that runs on Node OLDEST_NODE and later. */
export async function bundleLauncher(file: string): Promise<void> {
  await build({
    entryPoints: [join(HOME, "clients/typescript/launcher/launcher.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: `node${OLDEST_NODE}`,
    minifySyntax: true,
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "error",
  });
  await chmod(file, 0o755);
}
