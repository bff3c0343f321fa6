import { expect, test } from "vitest";
import type { AppDefinition } from "../../internal/apps/app-definition.ts";
import { numberOfClones } from "../../internal/apps/number-of-clones.ts";

test.each<[Pick<AppDefinition, "clones" | "strategy" | "balance">, clones: number, standbys: number]>([
  [{}, 1, 0],
  [{ clones: 3 }, 3, 0],
  [{ clones: "3" }, 3, 0],
  [{ clones: "max" }, 4, 0],
  [{ clones: 0 }, 4, 0],
  [{ clones: -1 }, 3, 0],
  [{ clones: -9 }, 1, 0],
  [{ strategy: "hot" }, 1, 1],
  [{ strategy: "hot", clones: 2 }, 1, 2],
  [{ strategy: "warm", clones: 2 }, 1, 0],
  [{ strategy: "multi" }, 2, 0],
  [{ strategy: "multi", clones: 2 }, 3, 0],
  [{ strategy: "multi", clones: "max" }, 4, 0],
  [{ strategy: "multi", clones: 2, balance: false }, 1, 2],
  [{ clones: 256 }, 256, 0],
])("on four CPUs, %j is %i clones and %i standbys", (definition, clones, standbys) => {
  expect(numberOfClones(definition, () => 4)).toEqual({ clones, standbys });
});

test.each([[1.5], ["many"], [257], [Number.NaN], ["1e2"]])("clones cannot be %j", (clones) => {
  expect(() => numberOfClones({ clones })).toThrow("clones must be a whole number");
});

test("a strategy must be known", () => {
  expect(() => numberOfClones({ strategy: "cold" as "hot" })).toThrow("strategy must be hot, warm or multi");
  expect(() => numberOfClones({ strategy: "hot", clones: 256 })).toThrow("at most 256 in all");
});
