import { readFileSync, type Stats, statSync } from "node:fs";
import { parseEnv } from "node:util";
import { XsysError } from "../../protocol/errors.ts";

/** Bytes of an environment file. */
const MAX_SIZE = 1024 ** 2;

/**
 * The variables of a file of `NAME=value` lines, as `node --env-file` reads it: values may be quoted, quoted values may
 * have several lines, `export` is allowed, and `#` begins a comment.
 * @throws NOT_FOUND if it does not exist; IS_A_DIRECTORY; TOO_LARGE; INVALID_DATA if a line has another form
 */
export async function readEnvironmentFile(file: string): Promise<Record<string, string>> {
  return readEnvironmentFileSync(file);
}

/** The same, for the moment at which a process is started. */
export function readEnvironmentFileSync(file: string): Record<string, string> {
  const stats = statOf(file);
  if (stats === undefined) throw new XsysError("NOT_FOUND", `the environment file ${file} does not exist`);
  if (stats.isDirectory()) throw new XsysError("IS_A_DIRECTORY", `the environment file ${file} is a directory`);
  if (!stats.isFile()) throw new XsysError("INVALID_DATA", `the environment file ${file} is not a regular file`);
  if (stats.size > MAX_SIZE) throw new XsysError("TOO_LARGE", `the environment file ${file} is larger than 1 MiB`);
  return parseEnvironment(readFileSync(file), file);
}

/** Undefined if it does not exist, even because a part of its path is a file. */
function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** @throws INVALID_DATA with the number of the first line that is none */
export function parseEnvironment(bytes: Uint8Array, file: string): Record<string, string> {
  const text = decoded(bytes, file).replace(/^\uFEFF/, "");
  const fault = firstFault(text);
  if (fault !== undefined) {
    throw new XsysError("INVALID_DATA", `line ${fault} of the environment file ${file} is not NAME=value`);
  }
  return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? ""]));
}

function decoded(bytes: Uint8Array, file: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // falls through to the same error
  }
  throw new XsysError("INVALID_DATA", `the environment file ${file} is not UTF-8 text`);
}

/** A line end, a comment, or a variable with its value; `y`: at the place where the previous one ended. */
const ENTRY =
  /[ \t\r]*(?:#[^\n]*|(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*(?:"[^"]*"[^\n]*|'[^']*'[^\n]*|`[^`]*`[^\n]*|[^"'`\n][^\n]*|))?(?:\n|$)/y;

/** Number of the first line that begins neither a variable nor a comment; undefined if there is none. */
function firstFault(text: string): number | undefined {
  for (let place = 0; place < text.length; place = ENTRY.lastIndex) {
    ENTRY.lastIndex = place;
    if (!ENTRY.test(text)) return text.slice(0, place).split("\n").length;
  }
  return undefined;
}
