interface Around {
  readonly content: string;
  readonly before: string[];
  readonly after: string[];
}

/** Collects the context lines before and after matches while a file is read. */
export class Surroundings {
  readonly #lines: number;
  readonly #recent: string[] = [];
  /** Matches whose following lines are incomplete, the oldest first. */
  readonly #open: Around[] = [];

  constructor(lines: number) {
    this.#lines = lines;
  }

  /** True when every match has all its context lines. */
  get areComplete(): boolean {
    return this.#open.length === 0;
  }

  /** Adds the next line. Returns a match with the lines before it; the lines after it are appended as they are read. */
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

/** Copies a string: a slice would keep the text it was cut from in memory. */
export function copied(text: string): string {
  return Buffer.from(text).toString();
}
