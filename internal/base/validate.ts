import type { Contract } from "../../protocol/contract/command.ts";
import { XsysError } from "../../protocol/errors.ts";
import { clipped, didYouMean } from "../../protocol/suggest.ts";
import { checkOf, type Violation } from "./schema-check.ts";

/** Checks parameters and fills in defaults, in place; raises INVALID_PARAMS. */
export type Validate = (params: object) => void;

/** Compiles the check of a contract's parameters. */
export function compile(contract: Contract): Validate {
  const check = checkOf(contract.params);
  return (params) => {
    const found = check(params);
    if (found !== undefined) throw invalid(contract, found);
  };
}

function invalid(contract: Contract, found: Violation): XsysError {
  return new XsysError("INVALID_PARAMS", `${contract.name}: ${describe(found, contract)}`, {
    details: { command: contract.name, path: found.path, keyword: found.keyword },
  });
}

function describe({ keyword, path, message, property = "", choices = [] }: Violation, contract: Contract): string {
  const at = path.slice(1).replaceAll("/", ".");
  if (keyword === "required") return `parameter "${property}" is missing`;
  if (keyword === "additionalProperties") {
    const name = clipped(property);
    return `unknown parameter "${name}"${didYouMean(name, Object.keys(contract.params.properties ?? {}))}`;
  }
  if (keyword === "enum") return `parameter "${at}" must be one of ${choices.join(", ")}`;
  return at === "" ? `params ${message}` : `parameter "${at}" ${message}`;
}
