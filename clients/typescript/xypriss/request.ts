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
 * What XyPriss's classes pass to a runner beside the words by place: an option of the command under each key, and some
 * for the runner itself.
 */
export interface RunOptions {
  readonly verbose?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** The call is made for what it shows while it lasts: its failure is not told, nor its result. */
  readonly interactive?: boolean | undefined;
  /** The contents, for a command that reads some. */
  readonly input?: string | Uint8Array | undefined;
  readonly [option: string]: unknown;
}

/** A call as the service takes it. */
export interface Request {
  readonly contract: Contract;
  readonly params: Record<string, unknown>;
  /** Empty rather than absent for a command that reads: it would wait. */
  readonly input: string | Uint8Array | undefined;
}

/** Options that are the runner's own, and no command's. */
const RUNNERS: ReadonlySet<string> = new Set(["verbose", "quiet", "json", "interactive", "input"]);

/**
 * The call that the runner's words and options are on the command line, where XyPriss's own runner would have put them:
 * `true` a bare flag, `false` and undefined nothing, anything else its text.
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
  const params = lasting(contract, absolute); // what one connection opens the other one may close
  const reads = contract.input !== undefined && !hasInputParam(contract, params);
  return { contract, params, input: reads ? (given.input ?? "") : undefined };
}

function contractNamed(name: string): Contract {
  const contract = contractsByName.get(name);
  if (contract !== undefined) return contract;
  throw new XsysError("UNKNOWN_COMMAND", `there is no command "${name}"${didYouMean(name, contractsByName.keys())}`);
}
