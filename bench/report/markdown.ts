import type { Measured } from "./measured.ts";

/** The page of what was measured last, bench by bench. */
export function markdown(benches: Readonly<Record<string, Measured>>): string {
  const sections = Object.entries(benches).map(
    ([name, { date, machine, texts }]) =>
      `## ${name}\n\n${date}, ${machine}\n\n\`\`\`\n${texts.join("\n\n")}\n\`\`\`\n`,
  );
  return `${HEAD}\n${sections.join("\n")}`;
}

const HEAD = `<!-- Written by \`npm run bench -- … --save\`: do not change it by hand. -->

# What was measured

Each table is one interleaved run beside its peers; the ratios count, for absolute figures tell most about the machine. Measure
them again with \`npm run bench -- NAME\`, and with \`--save\` to have them here.

![Each goal, and how far we are from it](results.svg)
`;
