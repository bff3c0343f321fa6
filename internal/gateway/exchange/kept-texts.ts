import { asLatin1 } from "./as-latin1.ts";

/** Maximum number of characters in the cache. */
const BUDGET = 4_194_304;

/**
 * Cache of bodies as text, by the identity of the body. Converting a body of 4 KiB for each answer took 5 % of the
 * gateway's CPU time. When the budget is exceeded, the cache is emptied: the bodies in use are soon back.
 */
export class KeptTexts {
  readonly #budget: number;
  #texts = new WeakMap<Uint8Array, string>();
  #length = 0;

  constructor(budget: number = BUDGET) {
    this.#budget = budget;
  }

  /** Characters that were added since the cache was last emptied. */
  get length(): number {
    return this.#length;
  }

  of(body: Uint8Array): string {
    const known = this.#texts.get(body);
    if (known !== undefined) return known;
    if (this.#length + body.byteLength > this.#budget) {
      this.#texts = new WeakMap();
      this.#length = 0;
    }
    const text = asLatin1(body);
    this.#texts.set(body, text);
    this.#length += text.length;
    return text;
  }
}
