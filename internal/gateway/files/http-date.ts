/**
 * Parses an HTTP date in any of its three formats to milliseconds since 1970. Returns undefined for any other text, as
 * `Date.parse` accepts many that are not dates. Source: RFC 9110, 5.6.7.
 */
export function parseHttpDate(text: string): number | undefined {
  if (IMF_FIXDATE.test(text) || RFC_850.test(text)) return numberOr(Date.parse(text));
  return ASCTIME.test(text) ? numberOr(Date.parse(`${text} GMT`)) : undefined;
}

const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

function numberOr(time: number): number | undefined {
  return Number.isNaN(time) ? undefined : time;
}
