import { parse, TomlError } from "smol-toml";

/** The values of a text in TOML. Dates become texts. */
export function parseToml(text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(parse(text), refuseInfinite));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [, message = "syntax error"] = /^(?:Invalid TOML document: )?(.*)/.exec(error.message) ?? [];
    throw new Error(`${message} at line ${error.line}, column ${error.column}`, { cause: error });
  }
}

function refuseInfinite(name: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new Error(`${name} must be finite`);
}
