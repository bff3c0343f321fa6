import { parseDuration } from "../../../protocol/contract/quantities.ts";
import { mustBe } from "../quantities.ts";

/** A date, or a date and a time, whose zone is that of this machine unless it is given. */
const DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * A point in time, in milliseconds since 1970: a duration before now, such as `10m`, or an ISO date such as `2026-11-30`
 * or `2026-11-30T17:00:00Z`. Without a zone it is local time.
 * @param name - of the option, for the error.
 * @throws INVALID_PARAMS
 */
export function momentOf(text: string, name: string, now: number = Date.now()): number {
  const time = hasUnit(text) ? now - (parseDuration(text) ?? Number.NaN) : timeOfDate(text);
  if (Number.isNaN(time)) throw mustBe(name, "a time such as 10m, 2h, 2026-11-30 or 2026-11-30T17:00", text);
  return time;
}

/** A plain number would be milliseconds, which nobody means. */
function hasUnit(text: string): boolean {
  return /[a-y]$/i.test(text);
}

function timeOfDate(text: string): number {
  if (!DATE.test(text)) return Number.NaN;
  return Date.parse(text.includes(":") ? text : `${text}T00:00`);
}
