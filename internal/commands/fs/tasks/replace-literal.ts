import { checkSize, type ReplaceArgs, type Replaced, readWithin } from "../shared/replaced.ts";

/** Task: replaces a text by its bytes, so that what else is in the file, UTF-8 or not, stays as it is. */
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

/** Found twice rather than kept: a letter may have more places than there is memory for. */
function* placesOf(search: Buffer, contents: Buffer): Generator<number, void> {
  for (let at = contents.indexOf(search); at !== -1; at = contents.indexOf(search, at + search.length)) yield at;
}
