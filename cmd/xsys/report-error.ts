import { inspect } from "node:util";
import { XsysError } from "../../protocol/errors.ts";
import { toAsciiJson } from "./print/json.ts";
import { printableLine } from "./print/printable.ts";
import { complain, endByFailure } from "./standard-streams.ts";

/**
 * Tells what went wrong: as JSON on standard output under `--json`, where XyPriss's client looks for it, and otherwise
 * as one line on standard error. Output that has bytes of the answer already gets no JSON behind them.
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
  return new XsysError("INTERNAL", `a defect in xsys: ${message}`, { cause: error });
}
