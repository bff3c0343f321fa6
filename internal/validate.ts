import type { ErrorObject, ValidateFunction } from "ajv";
import type { Contract } from "../protocol/command.ts";
import { XsysError } from "../protocol/errors.ts";
import { clipped, didYouMean } from "../protocol/suggest.ts";

/** Checks parameters and fills in defaults, in place; raises INVALID_PARAMS. */
export type Validate = (params: object) => void;

let ajv: import("ajv").Ajv | undefined;

/** Compiles a contract's parameters. ajv itself is loaded at the first one. */
export async function compile(contract: Contract): Promise<Validate> {
  ajv ??= await createAjv();
  const validate = ajv.compile(contract.params);
  return (params) => {
    if (!validate(params)) throw invalid(contract, validate);
  };
}

async function createAjv() {
  const { Ajv } = await import("ajv");
  // The schemas are ours and tested, so checking them against the meta-schema at every start (10 ms) shows nothing.
  return new Ajv({
    useDefaults: true,
    meta: false,
    validateSchema: false,
    keywords: ["x-unit", "x-path"],
    allowUnionTypes: true,
  });
}

function invalid(contract: Contract, { errors }: ValidateFunction): XsysError {
  const [error] = errors ?? [];
  const reason = error === undefined ? "invalid parameters" : describe(error, contract);
  return new XsysError("INVALID_PARAMS", `${contract.name}: ${reason}`, {
    details: { command: contract.name, ...(error && { path: error.instancePath, keyword: error.keyword }) },
  });
}

function describe({ keyword, instancePath, message = "is invalid", params }: ErrorObject, contract: Contract): string {
  const at = instancePath.slice(1).replaceAll("/", ".");
  if (keyword === "required") return `parameter "${params.missingProperty}" is missing`;
  if (keyword === "additionalProperties") {
    const name = clipped(params.additionalProperty);
    return `there is no parameter "${name}"${didYouMean(name, Object.keys(contract.params.properties ?? {}))}`;
  }
  if (keyword === "enum") return `parameter "${at}" must be one of ${params.allowedValues.join(", ")}`;
  return at === "" ? `params ${message}` : `parameter "${at}" ${message}`;
}
