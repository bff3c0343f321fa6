import { join } from "node:path";
import { unpackAssets } from "./assets.ts";

/**
 * What node-pty finds its native part with, in the place of its own `lib/utils.js`: it lies among the executable's
 * assets, and has to be a file to be loaded.
 */
export function loadNativeModule(name: string): { readonly dir: string; readonly module: unknown } {
  const dir = unpackAssets("native/");
  const module = { exports: {} };
  process.dlopen(module, join(dir, `${name}.node`));
  return { dir, module: module.exports };
}

export const assign = Object.assign;
