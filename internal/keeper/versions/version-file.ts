import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  array,
  integer,
  number,
  object,
  optional,
  record,
  type Schema,
  string,
} from "../../../protocol/contract/schema.ts";
import { checkOf } from "../../base/schema-check.ts";
import { replaceFile } from "../../files/replace-file.ts";
import { APP_SPEC } from "../spec-schema.ts";
import type { Version } from "./version.ts";
import { MAX_VERSIONS } from "./version-list.ts";

/** Version of the format. Keepers with another one do not use the file. */
const FORMAT = 1;
/** Not the ending of an app's own file, whatever the app is called. */
const ENDING = ".json.versions";

const check = checkOf(
  object({
    format: integer({ minimum: FORMAT, maximum: FORMAT }),
    versions: array(
      object({
        number: integer({ minimum: 1 }),
        time: number({ minimum: 0 }),
        failure: optional(string()),
        spec: APP_SPEC,
        files: record(string()),
      }),
      { maxItems: MAX_VERSIONS },
    ),
  }) as unknown as Schema<{ readonly versions: readonly Version[] }>,
);

/** The versions of an app on disk, oldest first. Only its user can read them, because they contain environments. */
export class VersionFile {
  readonly path: string;

  constructor(folder: string, name: string) {
    this.path = join(folder, `${name}${ENDING}`);
  }

  /** None if there is no file. @throws if it cannot be used */
  async load(): Promise<readonly Version[]> {
    const text = await readFile(this.path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return [];
    const contents = JSON.parse(text);
    const found = check(contents);
    if (found !== undefined) throw new Error(`${found.path} ${found.message}`);
    return contents.versions;
  }

  /** @throws the system's error if it cannot be written completely: then the file is unchanged */
  async save(versions: readonly Version[]): Promise<void> {
    const text = `${JSON.stringify({ format: FORMAT, versions }, null, 2)}\n`;
    await replaceFile(this.path, [Buffer.from(text)], { mode: 0o600, syncFolder: true });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true, recursive: true });
  }
}
