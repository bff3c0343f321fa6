import type { OptionKinds } from "../../../protocol/contract/words.ts";
import { XsysError } from "../../../protocol/errors.ts";
import type { Flag, FlagTable, Values } from "./flag.ts";

/** Whether each flag of a table takes a value, for the parser of words. */
export function kindsOf(table: FlagTable): OptionKinds {
  return new Map(Object.entries(table).map(([name, { kind }]) => [name, kind]));
}

/**
 * The values of the flags; the default for a flag that was not given.
 * @throws INVALID_PARAMS
 */
export function readFlags<F extends FlagTable>(table: F, options: ReadonlyMap<string, string | true>): Values<F> {
  const values = Object.entries(table).map(([name, flag]) => [name, flagValue(name, flag, options.get(name))]);
  return Object.fromEntries(values);
}

function flagValue(name: string, flag: Flag<unknown>, given: string | true | undefined): unknown {
  if (given === undefined) return flag.byDefault;
  const value = flag.parse(given === true ? "" : given);
  if (value !== undefined) return value;
  throw new XsysError("INVALID_PARAMS", `--${name} must be ${flag.mustBe}, not ${shown(given)}`);
}

/** Clipped, because configurations of guards have thousands of characters. */
function shown(given: string | true): string {
  const text = String(given);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
