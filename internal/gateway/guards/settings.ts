import type { Logger } from "../../base/log.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a configuration that nobody has checked. What is not there, or null, is the default; so is what has a wrong type
 * (a RegExp comes out of JSON as {}), which is told once.
 */
export class Settings {
  readonly #fields: Fields;
  readonly #path: string;
  readonly #wrong: string[];

  constructor(fields: unknown, path = "", wrong: string[] = []) {
    this.#fields = isFields(fields) ? fields : {};
    this.#path = path;
    this.#wrong = wrong;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#read(name, (value) => typeof value === "boolean", fallback);
  }

  /** Below `least` it is `least`, above `most` it is `most`. */
  number(name: string, fallback: number, least: number, most: number): number {
    const value = this.#read(name, (value): value is number => Number.isFinite(value), fallback);
    return Math.min(most, Math.max(least, value));
  }

  text<T extends string | undefined>(name: string, fallback: T): string | T {
    return this.#read<string | T>(name, (value): value is string => typeof value === "string", fallback);
  }

  /** Of any type, null included; the default where there is none. */
  value(name: string, fallback: unknown): unknown {
    const value = this.#fields[name];
    return value === undefined ? fallback : value;
  }

  /** A text of a form, or the default. */
  formed(name: string, form: RegExp, fallback: string): string {
    return this.#read(name, (value): value is string => typeof value === "string" && form.test(value), fallback);
  }

  texts(name: string, fallback: readonly string[] = []): readonly string[] {
    return this.#entries(name, (value) => typeof value === "string")?.map(([, value]) => value) ?? fallback;
  }

  /** An object within. */
  part(name: string): Settings {
    return new Settings(this.#read<Fields>(name, isFields, {}), `${this.#path}${name}.`, this.#wrong);
  }

  /** A list of objects within; a text stands for an object that has only `shorthand`. */
  parts(name: string, shorthand: string): readonly Settings[] {
    const isPart = (value: unknown): value is string | Fields => typeof value === "string" || isFields(value);
    return (this.#entries(name, isPart) ?? []).map(([index, value]) => {
      const fields = typeof value === "string" ? { [shorthand]: value } : value;
      return new Settings(fields, `${this.#path}${name}[${index}].`, this.#wrong);
    });
  }

  names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  /** Says that a field cannot be used, as the methods above do. */
  refuse(name: string): void {
    const path = this.#path + name;
    if (!this.#wrong.includes(path)) this.#wrong.push(path);
  }

  tellWrong(guard: string, log: Logger): void {
    if (this.#wrong.length === 0) return;
    log.warn({ guard, fields: this.#wrong.slice(0, 20) }, `${guard}: these settings cannot be used, and are ignored`);
  }

  #read<T>(name: string, isRight: (value: unknown) => value is T, fallback: T): T {
    const value = this.#fields[name];
    if (value === undefined || value === null) return fallback;
    if (isRight(value)) return value;
    this.refuse(name);
    return fallback;
  }

  /** Those of a list that are right, each with its place in it. */
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
