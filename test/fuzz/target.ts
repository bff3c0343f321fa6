import { type ErrorCode, XsysError } from "../../protocol/errors.ts";
import type { Random } from "./random.ts";

/** A component that parses untrusted input. */
export interface Target {
  readonly name: string;
  /** Its share of all inputs, from 0 to 1. */
  readonly share: number;
  /** Tests it with one input. Throws if it behaves incorrectly. */
  try(random: Random): void | Promise<void>;
}

/** The result of `act`, or the code of its error if that is one of `codes`. Other errors are rethrown. */
export function outcomeOf<T, const C extends ErrorCode>(codes: readonly C[], act: () => T): T | C {
  try {
    return act();
  } catch (error) {
    if (error instanceof XsysError && codes.includes(error.code as C)) return error.code as C;
    throw error;
  }
}
