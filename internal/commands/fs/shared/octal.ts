/** Parses `600`, `0600` or `0o600` as a mode. */
export function octal(text: string): number {
  return Number.parseInt(text.replace("o", ""), 8);
}
