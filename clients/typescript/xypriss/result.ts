import type { Contract } from "../../../protocol/contract/command.ts";

/** A command's result as XyPriss's runner returns it after unwrapping the output of the command line. */
export function resultAsPrinted({ plain }: Contract, result: unknown): unknown {
  return (plain === undefined ? result : (result as Record<string, unknown>)[plain]) ?? null;
}

/**
 * The bytes that a command sent, parsed as XyPriss's runner parses standard output: as JSON, else the text between the
 * first `{` and the last `}` as JSON, else as text. An object with both `status` and `data` is replaced with its
 * `data`.
 */
export function bytesAsPrinted(bytes: Buffer): unknown {
  const text = bytes.toString();
  const parsed = parse(text) ?? parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  if (parsed === undefined) return text;
  const { value } = parsed;
  const isWrapped = typeof value === "object" && value !== null && "status" in value && "data" in value;
  return isWrapped ? value.data : value;
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
