import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";

const NAME = "preload.cjs";
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The file that makes a worker of an unchanged Node application, and what to do before each use of it. */
export interface PreloadFile {
  readonly file: string;
  readonly prepare?: () => void;
}

/**
 * The executable contains the file and unpacks it to a cache, which may be cleared at any time. From the sources it is
 * built, because applications run on their own Node, which may not understand TypeScript.
 * @throws DENIED if it cannot be written
 */
export async function preloadFile(): Promise<PreloadFile> {
  if (!isSea()) {
    const file = join(ROOT, "node_modules/.cache/xsys", NAME);
    execFileSync(process.execPath, [join(ROOT, "scripts/build/preload.ts"), file], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    return { file };
  }
  const { unpackAssets } = await import("../executable/assets.ts");
  const unpack = () => join(unpackAssets("preload/"), NAME);
  return { file: unpack(), prepare: () => void unpack() };
}

/** NODE_OPTIONS with the file in addition, for a command that starts Node itself, such as `npm start`. */
export function optionsWith(file: string, options = ""): string {
  return `${options} --require "${file.replaceAll(/[\\"]/g, "\\$&")}"`.trimStart();
}
