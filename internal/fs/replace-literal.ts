import { checkSize, type ReplaceArgs, type Replaced, readWithin } from "./replaced.ts";

/** Task: replaces a text by its bytes, so that what else is in the file, UTF-8 or not, stays as it is. */
export default function replaceLiteral(args: ReplaceArgs): Replaced {
  const { path, search, replace, limit } = args;
  const contents = readWithin(args);
  const [old, fresh] = [Buffer.from(search), Buffer.from(replace)];
  const places = placesOf(old, contents);
  if (places.length === 0 || old.equals(fresh)) return { replacements: places.length };
  const size = contents.length + places.length * (fresh.length - old.length);
  checkSize(path, size, limit);
  const result = Buffer.allocUnsafeSlow(size);
  let [from, to] = [0, 0];
  for (const place of places) {
    to += contents.copy(result, to, from, place);
    to += fresh.copy(result, to);
    from = place + old.length;
  }
  contents.copy(result, to, from);
  return { replacements: places.length, contents: result };
}

function placesOf(search: Buffer, contents: Buffer): number[] {
  const places: number[] = [];
  for (let at = contents.indexOf(search); at !== -1; at = contents.indexOf(search, at + search.length)) places.push(at);
  return places;
}
