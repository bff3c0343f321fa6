import { checkSize, type ReplaceArgs, type Replaced, readWithin } from "../shared/replaced.ts";

/** Task: replaces a text as bytes, so that the rest of the file is unchanged even if it is not UTF-8. */
export default function replaceLiteral(args: ReplaceArgs): Replaced {
  const { path, search, replace, limit } = args;
  const contents = readWithin(args);
  const [old, fresh] = [Buffer.from(search), Buffer.from(replace)];
  const replacements = placesOf(old, contents).reduce((count) => count + 1, 0);
  if (replacements === 0 || old.equals(fresh)) return { replacements };
  const size = contents.length + replacements * (fresh.length - old.length);
  checkSize(path, size, limit);
  const result = Buffer.allocUnsafeSlow(size);
  let [from, to] = [0, 0];
  for (const place of placesOf(old, contents)) {
    to += contents.copy(result, to, from, place);
    to += fresh.copy(result, to);
    from = place + old.length;
  }
  contents.copy(result, to, from);
  return { replacements, contents: result };
}

/**
 * The positions are searched twice instead of being stored: a one-letter search may have more matches than fit in
 * memory.
 */
function* placesOf(search: Buffer, contents: Buffer): Generator<number, void> {
  for (let at = contents.indexOf(search); at !== -1; at = contents.indexOf(search, at + search.length)) yield at;
}
