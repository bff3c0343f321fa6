import type { AppDefinition } from "../app-definition.ts";
import { callersFolder } from "../working-folder.ts";
import { appsIn } from "./apps-in.ts";
import { findConfig } from "./find-config.ts";
import type { LoadOptions } from "./load-options.ts";
import { readConfig } from "./read-config.ts";

export interface LoadedConfig {
  /** Absolute path. */
  readonly file: string;
  /** With an absolute `cwd`, by default the directory of the file. */
  readonly apps: AppDefinition[];
  /** Each names a field by its path, such as `apps[1].watch`, and says why it has no effect. */
  readonly warnings: string[];
}

/**
 * Reads a configuration file, or the one in a directory (`findConfig`).
 * @throws NOT_FOUND if there is none; INVALID_PARAMS if there are several; INVALID_DATA with the file and the place in it
 *   if it is invalid, or if its program fails; TOO_LARGE; TIMEOUT if its program does not end; UNSUPPORTED if no Node here
 *   can run it
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<LoadedConfig> {
  const folder = await callersFolder({ env: options.env, cwd: options.cwd ?? process.cwd() });
  const { file, warnings } = await findConfig(path, folder);
  const contents = await readConfig(file, options);
  const { apps, warnings: further } = await appsIn(contents, { file, envName: options.envName });
  return { file, apps, warnings: [...warnings, ...further] };
}
