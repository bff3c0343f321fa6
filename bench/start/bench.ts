import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Comparison, Goal } from "../comparison.ts";
import { timeProgram, type Words } from "../files/program.ts";
import { interleave } from "../rounds.ts";
import { CALLS, GOALS } from "./calls.ts";
import { makeEmptyExecutable } from "./empty-executable.ts";

const LAUNCHER = fileURLToPath(new URL("../../cmd/xsys/xsys.js", import.meta.url));
const EXECUTABLE = fileURLToPath(
  new URL(`../../dist/xsys${process.platform === "win32" ? ".exe" : ""}`, import.meta.url),
);
const [FROM_SOURCE, ALONE] = ["node, an empty program", "an empty executable"];

interface Options {
  readonly rounds?: number;
  readonly executable?: string;
  /** Creates an executable that does nothing in a folder, and returns its path. */
  readonly makeEmpty?: (folder: string) => Promise<string>;
}

/** Measures whole runs of one-shot commands, compared with a program that does nothing on the same Node. */
export default async function start(
  progress: (text: string) => void,
  { rounds = 41, executable = EXECUTABLE, makeEmpty = makeEmptyExecutable }: Options = {},
): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  try {
    progress(`${rounds} rounds of ${Object.keys(CALLS).join(", ")} from source`);
    const empty = join(folder, "empty.mjs");
    await writeFile(empty, "");
    const source = await compare(
      "One-shot commands from source",
      [FROM_SOURCE, [process.execPath, empty]],
      [process.execPath, LAUNCHER],
      { folder, rounds },
    );
    if (!existsSync(executable)) return [source, unmeasured()];
    progress(`${rounds} rounds of the same as one executable`);
    const alone: Named = [ALONE, [await makeEmpty(folder)]];
    return [source, { ...(await compare(TITLE, alone, [executable], { folder, rounds })), goals: goals() }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const TITLE = "One-shot commands as one executable";

type Named = readonly [name: string, words: Words];

async function compare(
  title: string,
  [reference, nothing]: Named,
  xsys: Words,
  { folder, rounds }: { readonly folder: string; readonly rounds: number },
): Promise<Comparison> {
  const output = join(folder, "output");
  const calls = Object.entries(CALLS).map(([name, words]): Named => [ours(name), [...xsys, ...words]]);
  const programs = [[reference, nothing] as Named, ...calls];
  for (const [, words] of programs) await timeProgram(words, output); // warm-up of the file and compile caches
  const measures = programs.map(([name, words]) => [name, () => timeProgram(words, output)] as const);
  const results = await interleave(new Map(measures), rounds);
  return {
    ...unmeasured(),
    title,
    reference: { contender: reference, figure: "time" },
    goals: [],
    results,
    absent: [],
  };
}

function unmeasured(): Comparison {
  return {
    title: TITLE,
    figures: [{ name: "time", unit: "ms" }],
    reference: { contender: ALONE, figure: "time" },
    goals: goals(),
    results: new Map(),
    absent: ["dist/xsys, which npm run build makes"],
  };
}

function goals(): Goal[] {
  return Object.entries(GOALS).map(([name, atMost]) => ({ of: ours(name), figure: "time", contender: ALONE, atMost }));
}

function ours(name: string): string {
  return `xsys ${name}`;
}
