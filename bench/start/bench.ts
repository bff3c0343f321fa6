import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Comparison, Goal } from "../comparison.ts";
import { timeProgram, type Words } from "../files/program.ts";
import { interleave } from "../rounds.ts";
import { EXECUTABLE, serveFront } from "../served-front.ts";
import { CALLS, FRONT_CALLS, FRONT_GOALS, GOALS } from "./calls.ts";
import { makeEmptyExecutable } from "./empty-executable.ts";

const LAUNCHER = fileURLToPath(new URL("../../cmd/xsys/xsys.js", import.meta.url));
const [FROM_SOURCE, ALONE, TRUE] = ["node, an empty program", "an empty executable", "/bin/true"];
const FRONT = "xhsc";
const FRONT_TITLE = "One-shot commands through the native front, with a service running";
const OFF_TITLE = "The native front with XSYS_FRONT=off";
const OFF_CALL = "path join";

type Progress = (text: string) => void;

interface Options {
  readonly rounds?: number;
  readonly executable?: string;
  /** Creates an executable that does nothing in a folder, and returns its path. */
  readonly makeEmpty?: (folder: string) => Promise<string>;
}

/**
 * Measures whole runs of one-shot commands, compared with a program that does nothing on the same Node, and through the
 * native front, compared with `/bin/true` started the same way.
 */
export default async function start(
  progress: Progress,
  { rounds = 41, executable = EXECUTABLE, makeEmpty = makeEmptyExecutable }: Options = {},
): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  const measuring = { folder, rounds, progress };
  try {
    progress(`${rounds} rounds of ${Object.keys(CALLS).join(", ")} from source`);
    const empty = join(folder, "empty.mjs");
    await writeFile(empty, "");
    const source = await compare(
      "One-shot commands from source",
      [FROM_SOURCE, [process.execPath, empty]],
      callsOf([process.execPath, LAUNCHER]),
      measuring,
    );
    const isBuilt = existsSync(executable);
    const alone = isBuilt ? await executableAlone(executable, await makeEmpty(folder), measuring) : unmeasured();
    return [source, alone, ...(await throughFront(executable, measuring))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const TITLE = "One-shot commands as one executable";
type Named = readonly [name: string, words: Words];

interface Measuring {
  readonly folder: string;
  readonly rounds: number;
  readonly progress: Progress;
  readonly env?: NodeJS.ProcessEnv;
}

async function executableAlone(executable: string, empty: string, measuring: Measuring): Promise<Comparison> {
  measuring.progress(`${measuring.rounds} rounds of the same as one executable`);
  return { ...(await compare(TITLE, [ALONE, [empty]], callsOf([executable]), measuring)), goals: goals() };
}

/** Empty without a front, which is not built on every platform. */
async function throughFront(executable: string, measuring: Measuring): Promise<Comparison[]> {
  await using front = await serveFront(measuring.folder, executable);
  if (front === undefined) return [];
  measuring.progress(`${5 * measuring.rounds} rounds through the native front`);
  const { program, env } = front;
  const calls = Object.entries(FRONT_CALLS).map(([name, words]): Named => [`${FRONT} ${name}`, [program, ...words]]);
  const served = await compare(FRONT_TITLE, [TRUE, [TRUE]], calls, {
    ...measuring,
    rounds: 5 * measuring.rounds,
    env,
  });
  const words = CALLS[OFF_CALL] ?? [];
  const off = await compare(
    OFF_TITLE,
    ["the executable", [executable, ...words]],
    [["the front", [program, ...words]]],
    {
      ...measuring,
      env: { ...process.env, XSYS_FRONT: "off" },
    },
  );
  return [
    { ...served, goals: frontGoals() },
    { ...off, goals: [{ of: "the front", figure: "time", contender: "the executable", atMost: 1.02 }] },
  ];
}

function callsOf(xsys: Words): Named[] {
  return Object.entries(CALLS).map(([name, words]): Named => [ours(name), [...xsys, ...words]]);
}

async function compare(
  title: string,
  nothing: Named,
  calls: readonly Named[],
  { folder, rounds, progress, env }: Measuring,
): Promise<Comparison> {
  const output = join(folder, "output");
  const programs = [nothing, ...calls];
  for (const [, words] of programs) await timeProgram(words, output, env); // warm-up of the file and compile caches
  const measures = programs.map(([name, words]) => [name, () => timeProgram(words, output, env)] as const);
  const results = await interleave(new Map(measures), rounds, { progress });
  return {
    ...unmeasured(),
    title,
    reference: { contender: nothing[0], figure: "time" },
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

function frontGoals(): Goal[] {
  const ratios = Object.entries(FRONT_GOALS).map(
    ([name, atMost]): Goal => ({ of: `${FRONT} ${name}`, figure: "time", contender: TRUE, atMost }),
  );
  return [...ratios, { of: `${FRONT} ${OFF_CALL}`, figure: "time", atMost: 2.5 }];
}

function ours(name: string): string {
  return `xsys ${name}`;
}
