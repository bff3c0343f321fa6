import { type FileHandle, open } from "node:fs/promises";
import type { TaskRunner } from "../../../base/task-runner.ts";
import { READ_FLAGS } from "../../../files/open-for-reading.ts";
import { exactPath } from "../../../watching/names.ts";
import type { ChangedLine } from "../tasks/diff-texts.ts";

const MEBIBYTE = 1024 * 1024;
/** Maximum size of a file, in bytes. */
const MAX_FILE = MEBIBYTE;
/** Maximum size of all kept texts, in characters. */
const MAX_TOTAL = 64 * MEBIBYTE;
const MAX_LINES = 10_000;

type Omitted = "binary" | "too-large" | "no-memory" | "too-many-lines" | "no-longer-known";
export type Difference = { readonly lines: ChangedLine[] } | { readonly omitted: Omitted } | Record<never, never>;

/** The last known text of each file, by path, up to MAX_TOTAL. */
export class KeptTexts {
  readonly #tasks: TaskRunner;
  readonly #texts = new Map<string, string>();
  #total = 0;

  constructor(tasks: TaskRunner) {
    this.#tasks = tasks;
  }

  /** Reads and keeps a file's text. Returns the reason when it cannot. */
  async keep(path: string): Promise<{ readonly text: string } | { readonly omitted: Omitted }> {
    const read = await readText(path);
    this.forget(path);
    if ("omitted" in read) return read;
    if (this.#total + read.text.length > MAX_TOTAL) return { omitted: "no-memory" };
    this.#texts.set(path, read.text);
    this.#total += read.text.length;
    return read;
  }

  forget(path: string): void {
    this.#total -= this.#texts.get(path)?.length ?? 0;
    this.#texts.delete(path);
  }

  /** A file, or a folder with everything in it, was renamed. */
  move(from: string, path: string): void {
    for (const [kept, text] of [...this.#texts]) {
      if (kept !== from && !kept.startsWith(`${from}/`)) continue;
      this.#texts.delete(kept);
      this.#texts.set(path + kept.slice(from.length), text);
    }
  }

  /** The changes since the text was kept; a new file is compared with an empty text. Keeps the current text. */
  async difference(path: string, isNew: boolean): Promise<Difference> {
    const before = isNew ? "" : this.#texts.get(path);
    const now = await this.keep(path);
    if ("omitted" in now) return now;
    if (before === undefined) return { omitted: "no-longer-known" };
    const lines = await this.#tasks.run("diff-texts", { before, after: now.text, maxLines: MAX_LINES });
    return lines === undefined ? { omitted: "too-many-lines" } : { lines };
  }
}

async function readText(path: string): Promise<{ text: string } | { omitted: Omitted }> {
  let file: FileHandle | undefined;
  try {
    file = await open(exactPath(path), READ_FLAGS);
    const stats = await file.stat();
    if (!stats.isFile()) return { omitted: "binary" };
    if (stats.size > MAX_FILE) return { omitted: "too-large" };
    const bytes = await file.readFile();
    return bytes.includes(0) ? { omitted: "binary" } : { text: bytes.toString() };
  } catch {
    return { omitted: "no-longer-known" }; // deleted meanwhile, or not readable
  } finally {
    await file?.close();
  }
}
