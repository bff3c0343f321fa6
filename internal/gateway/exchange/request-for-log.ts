import type { Exchange } from "./exchange.ts";

/** Maximum number of characters logged of a path. */
const MAX_PATH = 2_048;

/** The fields that are logged of a request. The query is left out, as it may hold tokens and addresses. */
export function requestForLog({ method, path, client }: Exchange) {
  return { method, path: path.slice(0, MAX_PATH), client };
}
