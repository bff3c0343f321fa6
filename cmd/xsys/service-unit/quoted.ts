/** A setting of words, each quoted as systemd.syntax(7) and systemd.service(5) have it: nothing in them is expanded. */
export function quoted(words: readonly string[]): string {
  return words.map(quotedWord).join(" ");
}

/** One value with nothing expanded: a path or a name alone in its setting. */
export function unexpanded(value: string): string {
  return value.replaceAll("%", "%%");
}

function quotedWord(word: string): string {
  const plain = unexpanded(word).replaceAll("$", "$$$$");
  if (/^[\w@%+=:,./$-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
