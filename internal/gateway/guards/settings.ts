import type { Logger } from "../../base/log.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an unchecked configuration. The default is used for a value that is absent or null, or that has the wrong type
 * (in JSON, a RegExp becomes {}), which is logged once.
 */
export class Settings {
  readonly #fields: Fields;
  readonly #path: string;
  readonly #refused: string[];

  constructor(fields: unknown, path = "", refused: string[] = []) {
    this.#fields = isFields(fields) ? fields : {};
    this.#path = path;
    this.#refused = refused;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#read(name, (value) => typeof value === "boolean", fallback);
  }

  /** A number, limited to the range from `min` to `max`. */
  number(name: string, fallback: number, min: number, max: number): number {
    const value = this.#read(name, (value): value is number => Number.isFinite(value), fallback);
    return Math.min(max, Math.max(min, value));
  }

  text<T extends string | undefined>(name: string, fallback: T): string | T {
    return this.#read<string | T>(name, (value): value is string => typeof value === "string", fallback);
  }

  /** A value of any type, including null. */
  value(name: string, fallback: unknown): unknown {
    const value = this.#fields[name];
    return value === undefined ? fallback : value;
  }

  /** A string that matches `form`. */
  formed(name: string, form: RegExp, fallback: string): string {
    return this.#read(name, (value): value is string => typeof value === "string" && form.test(value), fallback);
  }

  texts(name: string, fallback: readonly string[] = []): readonly string[] {
    return this.#entries(name, (value) => typeof value === "string")?.map(([, value]) => value) ?? fallback;
  }

  /** A nested object. */
  part(name: string): Settings {
    return new Settings(this.#read<Fields>(name, isFields, {}), `${this.#path}${name}.`, this.#refused);
  }

  /** A nested list of objects. A string is short for an object with only the member `shorthand`. */
  parts(name: string, shorthand: string): readonly Settings[] {
    const isPart = (value: unknown): value is string | Fields => typeof value === "string" || isFields(value);
    return (this.#entries(name, isPart) ?? []).map(([index, value]) => {
      const fields = typeof value === "string" ? { [shorthand]: value } : value;
      return new Settings(fields, `${this.#path}${name}[${index}].`, this.#refused);
    });
  }

  names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  /** Records that a field is invalid, as the methods above do. */
  refuse(name: string): void {
    const path = this.#path + name;
    if (!this.#refused.includes(path)) this.#refused.push(path);
  }

  logRefused(guard: string, log: Logger): void {
    if (this.#refused.length === 0) return;
    log.warn({ guard, fields: this.#refused.slice(0, 20) }, `${guard}: invalid settings are ignored`);
  }

  #read<T>(name: string, isRight: (value: unknown) => value is T, fallback: T): T {
    const value = this.#fields[name];
    if (value === undefined || value === null) return fallback;
    if (isRight(value)) return value;
    this.refuse(name);
    return fallback;
  }

  /** The valid entries of a list, each with its index. */
  #entries<T>(name: string, isRight: (value: unknown) => value is T): readonly (readonly [number, T])[] | undefined {
    const list = this.#read<readonly unknown[] | undefined>(name, (value) => Array.isArray(value), undefined);
    return list?.flatMap((value, index) => {
      if (isRight(value)) return [[index, value] as const];
      this.refuse(`${name}[${index}]`);
      return [];
    });
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
