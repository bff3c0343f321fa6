import { availableCpus } from "../facts/available-cpus.ts";
import { type AppSpec, MAX_CLONES } from "../keeper/app-spec.ts";
import type { AppDefinition } from "./app-definition.ts";
import { mustBe } from "./quantities.ts";

/**
 * How many clones do the work, and how many stand by. `max`, 0 and negative numbers are relative to the number of CPUs;
 * they are the number of all clones that do the work, at least 1.
 * @throws INVALID_PARAMS
 */
export function numberOfClones(
  { clones: count, strategy, balance }: Pick<AppDefinition, "clones" | "strategy" | "balance">,
  cpus: () => number = availableCpus,
): Pick<AppSpec, "clones" | "standbys"> {
  const { number, isAll } = read(count ?? 1, cpus);
  switch (strategy) {
    case undefined:
      return within({ clones: number, standbys: 0 }, count);
    case "hot":
      return within({ clones: 1, standbys: number }, count);
    case "warm":
      return { clones: 1, standbys: 0 };
    case "multi": {
      const further = isAll ? number - 1 : number;
      return within(balance === false ? { clones: 1, standbys: further } : { clones: 1 + further, standbys: 0 }, count);
    }
    default:
      throw mustBe("strategy", "hot, warm or multi", strategy);
  }
}

/** `isAll` if the number was given by the CPUs. */
function read(count: number | string, cpus: () => number): { readonly number: number; readonly isAll: boolean } {
  const number = typeof count === "string" && /^-?\d{1,6}$/.test(count) ? Number(count) : count;
  if (number === "max" || number === 0) return { number: cpus(), isAll: true };
  if (typeof number !== "number" || !Number.isInteger(number)) throw invalid(count);
  return number > 0 ? { number, isAll: false } : { number: Math.max(1, cpus() + number), isAll: true };
}

function within(numbers: Pick<AppSpec, "clones" | "standbys">, count: unknown): Pick<AppSpec, "clones" | "standbys"> {
  if (numbers.clones + numbers.standbys > MAX_CLONES) throw invalid(count);
  return numbers;
}

function invalid(count: unknown): Error {
  const what = `a whole number, "max" or 0 for the number of CPUs, or -1 for one less; at most ${MAX_CLONES} in all`;
  return mustBe("clones", what, count);
}
