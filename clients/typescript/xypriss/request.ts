import { contractsByName } from "../../../protocol/commands/index.ts";
import { withAbsolutePaths } from "../../../protocol/contract/absolute-paths.ts";
import type { Contract } from "../../../protocol/contract/command.ts";
import {
  hasInputParam,
  lasting,
  optionKinds,
  optionName,
  paramsFromWords,
  requiredTexts,
  unexpected,
} from "../../../protocol/contract/params.ts";
import { splitWords } from "../../../protocol/contract/words.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { didYouMean } from "../../../protocol/suggest.ts";

/**
 * Options that XyPriss's classes pass to a runner: options of the command, and the runner's own options listed here.
 */
export interface RunOptions {
  readonly verbose?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** The call is made for the output that it prints while it runs. Its result and its errors are ignored. */
  readonly interactive?: boolean | undefined;
  /** Input for a command that reads a byte stream. */
  readonly input?: string | Uint8Array | undefined;
  readonly [option: string]: unknown;
}

/** A call in the form that the service accepts. */
export interface Request {
  readonly contract: Contract;
  readonly params: Record<string, unknown>;
  /** Empty, not absent, for a command that reads input without getting any: it would wait for it. */
  readonly input: string | Uint8Array | undefined;
}

/** The runner's own options, which are not options of a command. */
const RUNNERS: ReadonlySet<string> = new Set(["verbose", "quiet", "json", "interactive", "input"]);

/**
 * The call that XyPriss's own runner would make on the command line with these arguments and options: `true` becomes a
 * flag without a value, `false` and undefined are left out, anything else becomes a flag with its text as the value.
 * @throws UNKNOWN_COMMAND, INVALID_PARAMS
 */
export function requestOf(
  module: string,
  action: string,
  args: readonly unknown[],
  given: RunOptions,
  root: string,
): Request {
  const contract = contractNamed(`${module}.${action}`);
  const kinds = optionKinds(contract);
  const { positionals, options } = splitWords(args.map(String), kinds, { texts: requiredTexts(contract) });
  const all = new Map(options);
  for (const [key, value] of Object.entries(given)) {
    if (RUNNERS.has(key) || value === undefined || value === false) continue;
    const name = optionName(key);
    if (!kinds.has(name)) throw unexpected(contract, `--${name}`);
    all.set(name, value === true ? true : String(value));
  }
  const absolute = withAbsolutePaths(contract, paramsFromWords(contract, { positionals, options: all }), root);
  const params = lasting(contract, absolute); // so that either connection can close what the other one opened
  const reads = contract.input !== undefined && !hasInputParam(contract, params);
  return { contract, params, input: reads ? (given.input ?? "") : undefined };
}

function contractNamed(name: string): Contract {
  const contract = contractsByName.get(name);
  if (contract !== undefined) return contract;
  throw new XsysError("UNKNOWN_COMMAND", `there is no command "${name}"${didYouMean(name, contractsByName.keys())}`);
}
