import { getAssetKeys, getRawAsset } from "node:sea";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

/** The directory from which parts are required: the root embedded in the executable. */
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Loads the given parts and prints a line of JSON: the exports of each part, and the texts whose compiled code this V8
 * rejects. Used to check a build: test/build/parts.built.test.ts.
 */
export async function checkParts(names: readonly string[] = process.argv.slice(3)): Promise<void> {
  const parts: Record<string, string[]> = {};
  for (const name of names) parts[name] = Object.keys(await import(`${ROOT}${name}`));
  console.log(JSON.stringify({ parts, texts: texts().length, rejected: texts().filter(isRejected) }));
}

/** Keys of the program's texts with compiled code. */
function texts(): string[] {
  return getAssetKeys().flatMap((key) => (key.endsWith(".cache") ? key.slice(0, -".cache".length) : []));
}

function isRejected(key: string): boolean {
  const text = Buffer.from(getRawAsset(key)).toString("latin1");
  return new Script(text, { cachedData: Buffer.from(getRawAsset(`${key}.cache`)) }).cachedDataRejected === true;
}
