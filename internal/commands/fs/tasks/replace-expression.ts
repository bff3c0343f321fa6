import { isUtf8 } from "node:buffer";
import { XsysError } from "../../../../protocol/errors.ts";
import { checkSize, type ReplaceArgs, type Replaced, readWithin } from "../shared/replaced.ts";

/**
 * Task: replaces the matches of a regular expression by the rules of String.prototype.replace. Must be run with a time
 * limit.
 */
export default function replaceExpression(args: ReplaceArgs & { readonly flags: string }): Replaced {
  const { path, search, replace, flags, limit } = args;
  const contents = readWithin(args);
  if (!isUtf8(contents)) {
    throw new XsysError("INVALID_DATA", `fs.patch failed on ${path}: a regular expression needs valid UTF-8`, {
      details: { path },
    });
  }
  const expression = new RegExp(search, flags);
  const text = contents.toString();
  const replacements = text.matchAll(expression).reduce((count) => count + 1, 0);
  if (replacements === 0) return { replacements };
  const result = text.replace(expression, replace);
  if (result === text) return { replacements };
  checkSize(path, Buffer.byteLength(result), limit);
  return { replacements, contents: Buffer.from(result) };
}
