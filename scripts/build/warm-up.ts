/**
 * Runs the bundle in a folder with its own loader and plain Node: `node warm-up.ts FOLDER ARGUMENTS…`. Writes the code
 * cache of each part that was run beside it, unless there is one.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction, Script, type ScriptOptions } from "node:vm";
import { MAIN } from "./bundle.ts";

const [, , folder = "", ...words] = process.argv;
process.argv.splice(1, Number.POSITIVE_INFINITY, process.execPath, ...words);

class CachedScript extends Script {
  constructor(text: string, { filename }: ScriptOptions & { filename: string }) {
    super(text, { filename });
    process.on("exit", () => {
      const cache = join(folder, `${filename.slice("xsys:".length)}.cache`);
      if (!existsSync(cache)) writeFileSync(cache, this.createCachedData());
    });
  }
}

const replacements: Readonly<Record<string, unknown>> = {
  "node:sea": {
    isSea: () => true,
    getRawAsset: (key: string) => (key.endsWith(".cache") ? new ArrayBuffer(0) : contents(key)),
  },
  "node:vm": { Script: CachedScript },
};
const own = createRequire(import.meta.url);
const loader = `const ENTRY=${JSON.stringify(MAIN)};${Buffer.from(contents("loader.js"))}`;
compileFunction(loader, ["require", "module"])((id: string) => replacements[id] ?? own(id), { exports: {} });

function contents(key: string): ArrayBuffer {
  return new Uint8Array(readFileSync(join(folder, key))).buffer;
}
