import type { Contract } from "../../../protocol/contract/command.ts";

/** A command's result as XyPriss's runner gives it after it has unwrapped what the command line printed. */
export function resultAsPrinted({ plain }: Contract, result: unknown): unknown {
  return (plain === undefined ? result : (result as Record<string, unknown>)[plain]) ?? null;
}

/**
 * Bytes that a command sent, as XyPriss's runner reads what it finds on standard output: JSON if they are, else JSON
 * between the first `{` and the last `}`, else text; of an object with `status` and `data`, the data.
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
