import type { Exchange } from "./exchange.ts";

/** Characters of what a client may make long. */
const MAX_PATH = 2_048;

/** A request as the log tells it. Of the target only the path: queries have tokens and addresses in them. */
export function toldRequest({ method, path, client }: Exchange) {
  return { method, path: path.slice(0, MAX_PATH), client };
}
