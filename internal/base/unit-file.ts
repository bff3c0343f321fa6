export type Settings = Readonly<Record<string, string>>;

/** The text of a systemd unit: its sections with their settings. */
export function unitText(sections: Readonly<Record<string, Settings>>): string {
  const blocks = Object.entries(sections).map(([name, settings]) => {
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    return `[${name}]\n${lines.join("")}`;
  });
  return blocks.join("\n");
}

/** A setting of several words, each quoted by systemd.syntax(7) and systemd.service(5), so that nothing is expanded. */
export function quoted(words: readonly string[]): string {
  return words.map(quotedWord).join(" ");
}

/** A single value, such as a path or a name, escaped so that nothing is expanded. */
export function unexpanded(value: string): string {
  return value.replaceAll("%", "%%");
}

/** Values for `Environment=`, where `$` has no special meaning: systemd.exec(5). */
export function assignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => quotedValue(unexpanded(`${name}=${value}`)))
    .join(" ");
}

function quotedWord(word: string): string {
  return quotedValue(unexpanded(word).replaceAll("$", "$$$$"));
}

function quotedValue(plain: string): string {
  if (/^[\w@%+=:,./$-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
