import { inspect } from "node:util";
import { XsysError } from "../../protocol/errors.ts";
import { toAsciiJson } from "./print/json.ts";
import { printableLine } from "./print/printable.ts";
import { complain, endByFailure } from "./standard-streams.ts";

/**
 * Reports an error: with `--json` as JSON on standard output, where XyPriss's client expects it, otherwise as one line
 * on standard error. If standard output already contains bytes of the result, no JSON is written after them.
 */
export async function reportError(
  error: unknown,
  { json, verbose }: { readonly json: boolean; readonly verbose: boolean },
  outputIsEmpty = true,
): Promise<void> {
  const { code, message, details, cause } = asXsysError(error);
  if (json && outputIsEmpty) {
    process.stdout
      .on("error", endByFailure)
      .write(`${toAsciiJson({ status: "error", message, code, ...(details && { details }) })}\n`);
  } else {
    complain(`xsys: ${printableLine(message)}`);
  }
  if (verbose) complain(inspect({ code, details, cause }));
}

function asXsysError(error: unknown): XsysError {
  if (error instanceof XsysError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new XsysError("INTERNAL", `unexpected error in xsys: ${message}`, { cause: error });
}
