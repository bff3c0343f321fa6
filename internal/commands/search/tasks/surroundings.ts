interface Around {
  readonly content: string;
  readonly before: string[];
  readonly after: string[];
}

/** Collects the lines before and after matches, while a file's lines go by. */
export class Surroundings {
  readonly #lines: number;
  readonly #recent: string[] = [];
  /** Matches that still lack lines after them, the oldest first. */
  readonly #open: Around[] = [];

  constructor(lines: number) {
    this.#lines = lines;
  }

  /** No match lacks a line. */
  get areComplete(): boolean {
    return this.#open.length === 0;
  }

  /** Takes the next line, and gives a match with the lines before it; those after it are added as they come. */
  take(line: string, isMatch: boolean): Around | undefined {
    const content = copied(line);
    for (const { after } of this.#open) after.push(content);
    if (this.#open[0]?.after.length === this.#lines) this.#open.shift();
    const around = isMatch ? { content, before: [...this.#recent], after: [] } : undefined;
    if (around !== undefined) this.#open.push(around);
    this.#recent.push(content);
    if (this.#recent.length > this.#lines) this.#recent.shift();
    return around;
  }
}

/** A slice would keep the text it was cut from in memory for as long as it is kept itself. */
export function copied(text: string): string {
  return Buffer.from(text).toString();
}
