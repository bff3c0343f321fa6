import type { Logger } from "../../../base/log.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Place } from "./detector.ts";

const MINUTE = 60_000;
/** Kinds told in a minute: routes are the application's own, so it takes a very large one to reach it. */
const KINDS = 1_000;

/** Tells the log what was found: the first of each guard and route in a minute, as an attacker would fill it otherwise. */
export class Sightings {
  readonly #log: Logger;
  readonly #told = new Set<string>();
  #since = Number.NEGATIVE_INFINITY;

  constructor(log: Logger) {
    this.#log = log;
  }

  tell(guard: string, place: Place, { route, method, client }: Exchange, blocked: boolean): void {
    if (!this.#isNew(`${guard} ${route}`)) return;
    const words = blocked ? "was refused" : "was let through";
    this.#log.warn(
      { guard, place, route, method, client, blocked },
      `${guard}: a request that looks like an attack ${words}`,
    );
  }

  tellTooLong({ route, method, client }: Exchange): void {
    if (!this.#isNew(`too long ${route}`)) return;
    this.#log.warn({ route, method, client }, "guards: only the first megabyte of a body was looked at for attacks");
  }

  #isNew(kind: string): boolean {
    const now = performance.now();
    if (now - this.#since >= MINUTE) {
      this.#since = now;
      this.#told.clear();
    }
    if (this.#told.has(kind) || this.#told.size >= KINDS) return false;
    this.#told.add(kind);
    return true;
  }
}
