import { type LineBlock, lineBlocks } from "./line-blocks.ts";
import type { LineMatcher } from "./line-matcher.ts";
import { copied, Surroundings } from "./surroundings.ts";

export interface Match {
  readonly line: number;
  readonly content: string;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

/** A NUL byte within the first HEAD bytes marks a file as binary. */
const HEAD = 65_536;
/** Maximum number of characters of a line in a result. */
const MAX_SHOWN = 1_048_576;

/** Returns up to `limit` matching lines of an open file; none for a binary file. */
export function grepFile(fd: number, matcher: LineMatcher, context: number, limit: number): Match[] {
  const search = new FileSearch(matcher, context, limit);
  for (const block of lineBlocks(fd)) {
    const isSkipped = hasNoMatch(block, matcher, context);
    if (isSkipped && block.isLast) break;
    if (block.isFirst && isBinary(block)) break;
    if (isSkipped) search.skip(block.bytes);
    else if (search.through(block.bytes.toString())) break;
  }
  return search.matches;
}

/**
 * True when the block contains no match. With context lines, a block without a match can only be skipped if it is the
 * only one.
 */
function hasNoMatch({ bytes, isFirst, isLast }: LineBlock, { needle }: LineMatcher, context: number): boolean {
  return needle !== undefined && (context === 0 || (isFirst && isLast)) && bytes.indexOf(needle) < 0;
}

function isBinary({ bytes }: LineBlock): boolean {
  const nul = bytes.indexOf(0);
  return nul >= 0 && nul < HEAD;
}

class FileSearch {
  readonly matches: Match[] = [];
  readonly #matcher: LineMatcher;
  readonly #surroundings: Surroundings | undefined;
  readonly #limit: number;
  #line = 1;

  constructor(matcher: LineMatcher, context: number, limit: number) {
    this.#matcher = matcher;
    this.#surroundings = context === 0 ? undefined : new Surroundings(context);
    this.#limit = limit;
  }

  skip(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at++) if (bytes[at] === 10) this.#line += 1;
  }

  /** Searches each line of a text. Returns true when the limit is reached. */
  through(text: string): boolean {
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf("\n", at);
      if (end < 0) return this.#look(text.slice(at));
      if (this.#look(text.slice(at, text[end - 1] === "\r" && end > at ? end - 1 : end))) return true;
      this.#line += 1;
      at = end + 1;
    }
    return false;
  }

  #look(line: string): boolean {
    const isWanted = this.matches.length < this.#limit && this.#matcher.matches(line);
    // Pieces of a line that was split count as one line.
    const isMatch = isWanted && this.matches.at(-1)?.line !== this.#line;
    if (this.#surroundings === undefined) {
      if (isMatch) this.matches.push({ line: this.#line, content: copied(shown(line)) });
      return this.matches.length >= this.#limit;
    }
    const around = this.#surroundings.take(shown(line), isMatch);
    if (around !== undefined) this.matches.push({ line: this.#line, ...around });
    return this.matches.length >= this.#limit && this.#surroundings.areComplete;
  }
}

function shown(line: string): string {
  return line.length > MAX_SHOWN ? line.slice(0, MAX_SHOWN) : line;
}
