import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Logger } from "../../../internal/base/log.ts";
import { XsysError } from "../../../protocol/errors.ts";

/** Maximum size of a package.json, in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Checks the plugin directories before the application starts. The format of `xypriss.plugin.xsig` is not public, so a
 * signature is logged but not verified.
 * @throws DENIED for a plugin that has been revoked: `{"xfpm":{"revoked":true}}` in its package.json
 */
export async function auditPlugins(folders: readonly string[], log: Logger): Promise<void> {
  for (const folder of folders) await auditPlugin(resolve(folder), log);
}

async function auditPlugin(folder: string, log: Logger): Promise<void> {
  const description = await readDescription(folder, log);
  if (description === undefined) return;
  const { name, xfpm } = description as { readonly name?: unknown; readonly xfpm?: { readonly revoked?: unknown } };
  const plugin = typeof name === "string" ? name : folder;
  if (xfpm?.revoked === true) {
    throw new XsysError(
      "DENIED",
      `the plugin ${plugin} in ${folder} has been revoked (xfpm.revoked in its package.json)`,
    );
  }
  if (await isFile(join(folder, "xypriss.plugin.xsig"))) {
    log.warn({ plugin, folder }, "the plugin's signature is not verified, because its format is unknown");
  }
}

async function readDescription(folder: string, log: Logger): Promise<object | undefined> {
  const file = join(folder, "package.json");
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) throw new Error(`${size} bytes`);
    const description: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof description === "object" && description !== null) return description;
    throw new Error("not an object");
  } catch (error) {
    log.warn({ file, reason: (error as Error).message }, "the plugin's package.json cannot be read");
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true;
}
