/** `node scripts/build/preload.ts FILE`: writes the preload for Node applications, for xsys that runs from its sources. */
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { HOME } from "../home.ts";

/** The oldest Node that the preload runs on: applications run on their own Node. */
export const OLDEST_APPLICATION_NODE = "18.0";

const [, , file] = process.argv;
if (import.meta.main && file !== undefined) await bundlePreload(file);

/** Writes the preload as one CommonJS file, which works with `--require` and with `--import`. */
export async function bundlePreload(file: string): Promise<void> {
  const made = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await build({
    entryPoints: [join(HOME, "clients/typescript/preload/preload.ts")],
    outfile: made,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: `node${OLDEST_APPLICATION_NODE}`,
    minifySyntax: true,
    legalComments: "none",
    logLevel: "error",
  });
  await rename(made, file); // complete when another process reads it
}
