import { expect, test } from "vitest";
import { OpenExchanges } from "../../../clients/typescript/worker/open-exchanges.ts";
import { fc } from "../../support/property.ts";

/** Ids with the same slot, and ids that no gateway of ours chooses. */
const IDS = [0, 1, 2, 65_536, 65_537, 131_073, 2 ** 32 - 1, -1, -65_537, 1.5, Number.NaN, Number.POSITIVE_INFINITY];

test("exchanges are found by id as in a Map, also those with the same slot", () => {
  const id = fc.constantFrom(...IDS);
  const step = fc.record({ id, does: fc.constantFrom("add" as const, "delete" as const) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const open = new OpenExchanges<{ readonly id: number }>();
      const expected = new Map<number, { readonly id: number }>();
      for (const { id, does } of steps) {
        const exchange = { id };
        if (does === "add") {
          open.add(exchange);
          expected.set(id, exchange);
        } else {
          open.delete(id);
          expected.delete(id);
        }
        for (const each of IDS) expect(open.get(each)).toBe(expected.get(each));
      }
      expect(new Set(open.all())).toEqual(new Set(expected.values()));
      expect(open.all()).toHaveLength(expected.size);
    }),
  );
});
