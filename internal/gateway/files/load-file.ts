import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { NoFileError } from "./file-errors.ts";
import { type FileCoding, FileVariant, SUFFIXES, type VariantOptions } from "./file-variant.ts";

/** A file and its precompressed variants. */
export interface ServedFile {
  readonly plain: FileVariant;
  readonly coded: readonly FileVariant[];
}

export interface FoundFile {
  /** For a file below a folder, with symbolic links resolved. */
  readonly path: string;
  /** The requested name, whose extension determines the content type. */
  readonly name: string;
  readonly stats: Stats;
}

/** Finds the precompressed files beside a file. Unchanged variants are reused from `before`, with their contents. */
export async function loadFile(
  { path, name, stats }: FoundFile,
  before?: ServedFile,
  maxAge?: number,
): Promise<ServedFile> {
  if (!stats.isFile()) throw new NoFileError(`${path} is not a file`);
  const beside = await Promise.all(CODINGS.map((coding) => sibling(path, coding)));
  const codings = beside.filter((found) => found !== undefined);
  const common = { name, varies: codings.length > 0, maxAge };
  const plain = variant(path, stats, common, before?.plain);
  const coded = codings.map(({ path: at, stats: its, coding }) => {
    const old = before?.coded.find((one) => one.coding === coding);
    return variant(at, its, { ...common, coding }, old);
  });
  return before?.plain === plain && isSame(before.coded, coded) ? before : { plain, coded };
}

const CODINGS = Object.keys(SUFFIXES) as FileCoding[];

interface Sibling extends Pick<FoundFile, "path" | "stats"> {
  readonly coding: FileCoding;
}

/** Symbolic links are ignored, as they may lead out of the folder. */
async function sibling(file: string, coding: FileCoding): Promise<Sibling | undefined> {
  const path = file + SUFFIXES[coding];
  try {
    const stats = await lstat(path);
    return stats.isFile() ? { path, stats, coding } : undefined;
  } catch {
    return undefined;
  }
}

function variant(path: string, stats: Stats, options: VariantOptions, before: FileVariant | undefined): FileVariant {
  return before?.isOf(path, stats, options.varies) ? before : new FileVariant(path, stats, options);
}

function isSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}
