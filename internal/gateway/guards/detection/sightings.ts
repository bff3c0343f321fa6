import type { Logger } from "../../../base/log.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Place } from "./detector.ts";

const MINUTE = 60_000;
/** Maximum number of detections logged per minute. Only an application with very many routes reaches it. */
const KINDS = 1_000;

/** Logs detections, at most one per guard and route each minute, so that an attacker cannot flood the log. */
export class Sightings {
  readonly #log: Logger;
  readonly #logged = new Set<string>();
  #since = Number.NEGATIVE_INFINITY;

  constructor(log: Logger) {
    this.#log = log;
  }

  report(guard: string, place: Place, { route, method, client }: Exchange, blocked: boolean): void {
    if (!this.#isNew(`${guard} ${route}`)) return;
    const words = blocked ? "was refused" : "was let through";
    this.#log.warn(
      { guard, place, route, method, client, blocked },
      `${guard}: a request that looks like an attack ${words}`,
    );
  }

  reportTooLong({ route, method, client }: Exchange): void {
    if (!this.#isNew(`too long ${route}`)) return;
    this.#log.warn({ route, method, client }, "guards: only the first megabyte of a body was checked for attacks");
  }

  #isNew(kind: string): boolean {
    const now = performance.now();
    if (now - this.#since >= MINUTE) {
      this.#since = now;
      this.#logged.clear();
    }
    if (this.#logged.has(kind) || this.#logged.size >= KINDS) return false;
    this.#logged.add(kind);
    return true;
  }
}
