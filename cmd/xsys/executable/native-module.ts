import { join } from "node:path";
import { unpackAssets } from "./assets.ts";

/**
 * Loads the native module of node-pty; replaces node-pty's own `lib/utils.js`. The module is an asset of the executable
 * and must be written to a file before it can be loaded.
 */
export function loadNativeModule(name: string): { readonly dir: string; readonly module: unknown } {
  const dir = unpackAssets("native/");
  const module = { exports: {} };
  process.dlopen(module, join(dir, `${name}.node`));
  return { dir, module: module.exports };
}

export const assign = Object.assign;
