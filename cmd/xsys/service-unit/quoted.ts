/** A setting of several words, each quoted by systemd.syntax(7) and systemd.service(5), so that nothing is expanded. */
export function quoted(words: readonly string[]): string {
  return words.map(quotedWord).join(" ");
}

/** A single value, such as a path or a name, escaped so that nothing is expanded. */
export function unexpanded(value: string): string {
  return value.replaceAll("%", "%%");
}

function quotedWord(word: string): string {
  const plain = unexpanded(word).replaceAll("$", "$$$$");
  if (/^[\w@%+=:,./$-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
