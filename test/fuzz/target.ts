import { type ErrorCode, XsysError } from "../../protocol/errors.ts";
import type { Random } from "./random.ts";

/** Something that takes what others send. */
export interface Target {
  readonly name: string;
  /** Its part of all inputs. */
  readonly share: number;
  /** Gives it one input; throws when it does not as it should. */
  try(random: Random): void | Promise<void>;
}

/** What comes of it, or the code that it refuses with; any other error is thrown on. */
export function outcomeOf<T, const C extends ErrorCode>(codes: readonly C[], act: () => T): T | C {
  try {
    return act();
  } catch (error) {
    if (error instanceof XsysError && codes.includes(error.code as C)) return error.code as C;
    throw error;
  }
}
