import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fromErrno, isErrno } from "../base/errno.ts";
import { makeFolder } from "../files/make-folder.ts";
import { replaceFile } from "../files/replace-file.ts";
import type { AppSpec } from "./app-spec.ts";
import { parseAppSpec } from "./spec-schema.ts";

/** What should run of an app. */
export interface Desired {
  readonly spec: AppSpec;
  /** It was stopped, and stays stopped until it is started. */
  readonly stopped: boolean;
}

/** A stored app as it was found. */
export type Stored =
  | { readonly name: string; readonly desired: Desired; readonly fault?: string }
  | { readonly name: string; readonly fault: string; readonly desired?: undefined };

const SECRET = { mode: 0o600, syncFolder: true } as const;

/** Version of the format. Keepers with another one refuse the file. */
const FORMAT = 1;
const ENDING = ".json";
/** The last copy that was written completely; used if the file cannot be read. */
const COPY_ENDING = ".json.last";

/**
 * The desired state of all apps: a JSON file for each, readable by its user only, because it contains their
 * environments. A file is replaced atomically and flushed. Then a copy is written in the same way, so that one good copy
 * exists whatever happens to the file.
 */
export class DesiredState {
  readonly #folder: string;

  readonly #onNoCopy: (error: unknown) => void;

  /** @param onNoCopy - called when the state was saved, but its copy could not be written */
  constructor(folder: string, onNoCopy: (error: unknown) => void = () => {}) {
    this.#folder = folder;
    this.#onNoCopy = onNoCopy;
  }

  /** @throws the system's error if it cannot be written completely: then the old state is unchanged */
  async save(desired: Desired): Promise<void> {
    makeFolder(this.#folder, 0o700);
    const text = Buffer.from(`${JSON.stringify({ format: FORMAT, ...desired }, null, 2)}\n`);
    const { name } = desired.spec;
    try {
      await replaceFile(this.#path(name, ENDING), [text], SECRET);
    } catch (error) {
      throw isErrno(error) ? fromErrno(error, `saving the app ${name}`) : error;
    }
    await replaceFile(this.#path(name, COPY_ENDING), [text], SECRET).catch(this.#onNoCopy);
  }

  async remove(name: string): Promise<void> {
    // The copy first: without it, what is left is either the whole state or none.
    for (const ending of [COPY_ENDING, ENDING]) await rm(this.#path(name, ending), { force: true, recursive: true });
  }

  /** All stored apps, by name. One that cannot be read is reported with the reason, and its files are kept. */
  async load(): Promise<Stored[]> {
    const files = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    const names = new Set(files.flatMap((file) => nameOf(file) ?? []));
    return Promise.all([...names].sort().map((name) => this.#loadOne(name)));
  }

  async #loadOne(name: string): Promise<Stored> {
    try {
      return { name, desired: await this.#read(name, ENDING) };
    } catch (error) {
      const fault = `${this.#path(name, ENDING)} cannot be used: ${(error as Error).message}`;
      const copy = await this.#read(name, COPY_ENDING).catch(() => undefined);
      if (copy === undefined) return { name, fault };
      return { name, desired: copy, fault: `${fault}. The last good copy is used instead` };
    }
  }

  async #read(name: string, ending: string): Promise<Desired> {
    const { format, spec, stopped } = JSON.parse(await readFile(this.#path(name, ending), "utf8"));
    if (format !== FORMAT) throw new Error(`its format is ${format}, not ${FORMAT}`);
    const parsed = parseAppSpec(spec);
    if (parsed.name !== name) throw new Error(`it describes the app ${parsed.name}`);
    if (typeof stopped !== "boolean") throw new Error("stopped must be boolean");
    return { spec: parsed, stopped };
  }

  #path(name: string, ending: string): string {
    return join(this.#folder, `${name}${ending}`);
  }
}

function nameOf(file: string): string | undefined {
  const ending = [COPY_ENDING, ENDING].find((each) => file.endsWith(each));
  return ending === undefined || file.startsWith(".") ? undefined : file.slice(0, -ending.length);
}
