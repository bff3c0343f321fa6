/** Bytes of a size such as `64m` or `1GB`. A plain number is in units of `unit` bytes. Undefined for another text. */
export function parseSize(text: string, unit = 1): number | undefined {
  const [, digits, letter = ""] = /^(\d{1,12})([kmg]?)b?$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (BYTES[letter.toLowerCase()] ?? unit);
}

const BYTES: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Milliseconds of a duration such as `500ms`, `2.5s`, `10m`, `1h` or `1d`, or of a plain number. Undefined for another text. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,12}(?:\.\d{1,9})?)\s*(|ms|s|m|h|d|w)$/i.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : Math.ceil(Number(digits) * (MILLISECONDS[unit.toLowerCase()] ?? 1));
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
