/** A form's text fields by name. A repeated name has a list of its values. */
export class TextFields {
  readonly #values = new Map<string, string | string[]>();

  /** The name `__proto__` is ignored: it would change the prototype of a copy made by a worker. */
  add(name: string, value: string): void {
    if (name === "__proto__") return;
    const before = this.#values.get(name);
    if (before === undefined) this.#values.set(name, value);
    else if (typeof before === "string") this.#values.set(name, [before, value]);
    else before.push(value);
  }

  json(): Buffer {
    return Buffer.from(JSON.stringify(Object.fromEntries(this.#values)));
  }
}
