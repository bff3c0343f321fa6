import { TarFault } from "../shared/tar-fault.ts";

/** Maximum number of segments in a sparse file's map. In GNU's older format 200,000 take 5 MB. */
export const MAX_SEGMENTS = 200_000;

/**
 * The extended header that pax puts before an entry (POSIX.1-2001) for values that do not fit in the entry's own
 * header.
 */
export class PaxRecords {
  readonly #values = new Map<string, string>();
  /** Values of GNU.sparse.offset and GNU.sparse.numbytes, which occur repeatedly, in order. */
  readonly sparsePairs: string[] = [];

  /** An empty value counts as missing, so the entry's own header is used. */
  get(key: string): string | undefined {
    return this.#values.get(key) || undefined;
  }

  /**
   * Returns a number of bytes; undefined when it is missing.
   * @throws TarFault when the value is not a number of bytes.
   */
  bytes(key: string): number | undefined {
    const text = this.get(key);
    return text === undefined ? undefined : byteCount(text, key);
  }

  /** Seconds since 1970. */
  get modified(): number | undefined {
    const seconds = Number(this.get("mtime") ?? Number.NaN);
    return Number.isFinite(seconds) ? seconds : undefined;
  }

  /**
   * Adds `<length> <key>=<value>\n` records. The last record of a key is used.
   * @throws TarFault when the records are damaged or too many.
   */
  add(body: Buffer): void {
    for (let at = 0; at < body.length; ) {
      const space = body.indexOf(" ", at);
      const digits = body.toString("latin1", at, space);
      const end = at + Number(digits);
      const equals = body.indexOf("=", space);
      if (space === -1 || !/^\d+$/.test(digits) || equals === -1 || equals >= end || body[end - 1] !== LINE_FEED) {
        throw new TarFault("a pax header is damaged");
      }
      const key = body.toString("utf8", space + 1, equals);
      const value = body.toString("utf8", equals + 1, end - 1);
      if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") this.#addSparse(value);
      this.#values.set(key, value);
      at = end;
    }
  }

  #addSparse(value: string): void {
    if (this.sparsePairs.length === 2 * MAX_SEGMENTS) throw tooManySegments();
    this.sparsePairs.push(value);
  }
}

const LINE_FEED = 10;

export function tooManySegments(): TarFault {
  return new TarFault(`a sparse file has more than ${MAX_SEGMENTS} segments`, "TOO_LARGE");
}

/** @throws TarFault when the text is not a number of bytes. */
export function byteCount(text: string, what: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new TarFault(`${what} is not a number of bytes`);
}
