import { XsysError } from "../../../protocol/errors.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const AGO = /^(\d{1,9})([smhdw])$/;
/** A date, or a date and a time, whose zone is that of this machine unless it is given. */
const DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * A point in time, in milliseconds since 1970: `10m` (ten minutes ago; also s, h, d, w), or an ISO date such as
 * `2026-11-30` or `2026-11-30T17:00:00Z`. Without a zone it is local time.
 * @param option - the name of the option, for the error.
 * @throws INVALID_PARAMS
 */
export function momentOf(text: string, option: string, now: number = Date.now()): number {
  const [, count, unit = ""] = AGO.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] as number);
  const time = DATE.test(text) ? Date.parse(text.includes(":") ? text : `${text}T00:00`) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new XsysError("INVALID_PARAMS", `${option} must be a time such as 10m, 2h or 2026-11-30T17:00, not ${text}`, {
    details: { [option]: text },
  });
}
