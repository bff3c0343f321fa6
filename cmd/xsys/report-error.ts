import { inspect } from "node:util";
import type { CommandLine } from "../../internal/front/command-line.ts";
import { XsysError } from "../../protocol/errors.ts";
import { complain } from "./complain.ts";
import { toAsciiJson } from "./print/json.ts";
import { printableLine } from "./print/printable.ts";

/**
 * Reports an error: with `--json` as JSON on standard output, where XyPriss's client expects it, otherwise as one line
 * on standard error. If standard output already contains bytes of the result, no JSON is written after them.
 */
export async function reportError(
  line: CommandLine,
  error: unknown,
  { json, verbose }: { readonly json: boolean; readonly verbose: boolean },
): Promise<void> {
  const { code, message, details, cause } = asXsysError(error);
  if (json && line.stdout.written === 0) {
    await line.stdout.write(`${toAsciiJson({ status: "error", message, code, ...(details && { details }) })}\n`);
  } else {
    complain(line, `xsys: ${printableLine(message)}`);
  }
  if (verbose) complain(line, inspect({ code, details, cause }));
}

function asXsysError(error: unknown): XsysError {
  if (error instanceof XsysError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new XsysError("INTERNAL", `unexpected error in xsys: ${message}`, { cause: error });
}
