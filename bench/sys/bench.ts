import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Comparison, OURS } from "../comparison.ts";
import { onPath, timeProgram } from "../files/program.ts";
import { type Figures, interleave, type Measure } from "../rounds.ts";
import { SYSTEMINFORMATION } from "./readings.ts";
import { LIBRARY, PSUTIL, ROWS, type Row } from "./rows.ts";

/** Timeout of a sample in milliseconds. It takes half a second, most of it to start. */
const TIME_LIMIT = 60_000;
const run = promisify(execFile);

/**
 * Measures reading facts of the machine, compared with libraries (called repeatedly) and programs (started each time).
 */
export default async function sys(
  progress: (text: string) => void,
  { rounds = 7, rows = ROWS }: { readonly rounds?: number; readonly rows?: readonly Row[] } = {},
): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), "xsys-bench-"));
  try {
    const hasPsutil = await canRun("python3", "-c", "import psutil");
    const comparisons: Comparison[] = [];
    for (const row of rows) {
      progress(row.title);
      comparisons.push(await compare(row, { hasPsutil, rounds, progress, output: join(folder, "output") }));
    }
    return comparisons;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Environment {
  readonly hasPsutil: boolean;
  readonly rounds: number;
  readonly progress: (text: string) => void;
  /** File for the output of programs. */
  readonly output: string;
}

async function compare(row: Row, { hasPsutil, rounds, progress, output }: Environment): Promise<Comparison> {
  const measures = new Map<string, Measure>([[OURS, () => sample(row, OURS)]]);
  const absent: string[] = [];
  if (SYSTEMINFORMATION[row.name] !== undefined) measures.set(LIBRARY, () => sample(row, LIBRARY));
  if (row.psutil && hasPsutil) measures.set(PSUTIL, () => psutilSample(row));
  else if (row.psutil) absent.push(PSUTIL);
  const { program } = row;
  if (program !== undefined && onPath(program[0])) measures.set(program.join(" "), () => timeProgram(program, output));
  else if (program !== undefined) absent.push(program.join(" "));
  return comparison(row, await interleave(measures, rounds, { progress }), absent);
}

async function canRun(program: string, ...args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}

/** Takes a sample in its own process. */
async function sample({ name }: Row, contender: string): Promise<Figures> {
  return printedBy(process.execPath, inThisFolder("sample.ts"), name, contender);
}

async function psutilSample({ name }: Row): Promise<Figures> {
  return printedBy("python3", inThisFolder("sample.py"), name);
}

function inThisFolder(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

async function printedBy(program: string, ...args: string[]): Promise<Figures> {
  const { stdout } = await run(program, args, { timeout: TIME_LIMIT });
  return JSON.parse(stdout);
}

function comparison({ title, goal }: Row, results: Comparison["results"], absent: readonly string[]): Comparison {
  return {
    title,
    figures: [{ name: "time", unit: "ms" }],
    reference: { contender: goal.contender, figure: "time" },
    goals: [{ figure: "time", ...goal }],
    results,
    absent,
  };
}
