import { deepStrictEqual } from "node:assert";
import { RouteTable } from "../../../internal/gateway/routes/route-table.ts";
import type { RouteEntry } from "../../../protocol/wire/worker.ts";
import type { Random } from "../random.ts";
import { outcomeOf, type Target } from "../target.ts";

const METHODS = ["GET", "get", "POST", "PURGE", "HEAD", "", "__proto__"];
const SEGMENTS = ["a", "b", ":id", ":x", "*rest", "*", "**", ":id<number>", "(.*)", "%2F", "%", "a:b", "::", ".."];

/** Lists of routes as workers may send them: each list is accepted or rejected, and looking up any path never fails. */
export const routes: Target = {
  name: "routes",
  share: 0.06,
  try: (random) => {
    const table = new RouteTable();
    const wanted: RouteEntry = { method: "GET", path: "/health", target: "worker" };
    const entries = random.list(6, () => (random.chance(0.9) ? entry(random) : random.value()));
    const list = random.chance(0.95) ? [wanted, ...entries] : random.value();
    const refusal = outcomeOf(["INVALID_PARAMS"], () => table.sync(list as RouteEntry[]));
    for (let i = 0; i < 4; i++) table.find(random.pick(METHODS), path(random));
    // A valid route is found, whatever else is in the list.
    if (refusal === undefined && Array.isArray(list) && list[0] === wanted) {
      deepStrictEqual(table.find("GET", "/health")?.pattern, "/health");
    }
  },
};

function entry(random: Random): object {
  return {
    method: random.chance(0.8) ? random.pick(METHODS) : random.value(1),
    path: random.chance(0.9) ? path(random) : random.value(1),
    target: random.pick(["worker", "static", "", null]),
    file_path: random.chance(0.5) ? random.text() : undefined,
  };
}

function path(random: Random): string {
  return random.list(5, () => `/${random.chance(0.8) ? random.pick(SEGMENTS) : random.text()}`).join("");
}
