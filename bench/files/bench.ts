import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Comparison, OURS } from "../comparison.ts";
import { type Figures, interleave, type Measure, type Results } from "../rounds.ts";
import { type ServedFront, serveFront } from "../served-front.ts";
import { onPath, timeProgram, type Words } from "./program.ts";
import { ROWS, type Row } from "./rows.ts";
import { type Amounts, makeScene, type Places } from "./scene.ts";
import { type Service, startService, xsysWords } from "./service.ts";

const AMOUNTS: Amounts = { files: 50_000, folders: 5_000, mebibytes: 1024, rounds: 5 };
/** No round of a row starts after this many milliseconds. So a row has fewer rounds on a slow disk. */
const ROW_MILLISECONDS = 20_000;
const LAG = "loop lag p99";
const WORK = "loop work max";
const ONE_SHOT = "xsys, one-shot";
const FRONT = "xsys, native front";
/** Maximum time of a command through the native front, as a multiple of the service's own time. */
const FRONT_GOAL = 1.1;

/** Measures commands on large trees and files, compared with the usual programs. Takes two to three minutes. */
export default async function files(
  progress: (text: string) => void,
  { folder, ...amounts }: Amounts & { folder: string } = optionsOf(process.argv.slice(2)),
): Promise<Comparison[]> {
  const own = await mkdtemp(join(folder, "xsys-bench-"));
  try {
    progress(`making ${amounts.files} files in ${amounts.folders} folders, and one of ${amounts.mebibytes} MiB`);
    const places = makeScene(own, amounts);
    await using service = await startService(join(own, "s"));
    await using front = await serveFront(own);
    const comparisons: Comparison[] = [];
    for (const row of ROWS) {
      progress(row.title);
      comparisons.push(await compare(row, places, { service, front }, { rounds: amounts.rounds, progress }));
    }
    return comparisons;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/**
 * `--folder=/dev/shm`: use this folder instead of the system's temporary one. `--mebibytes=100`: size of the large
 * file.
 */
function optionsOf(args: string[]): Amounts & { folder: string } {
  const { values } = parseArgs({
    args,
    allowPositionals: true,
    options: { folder: { type: "string" }, mebibytes: { type: "string" }, save: { type: "boolean" } },
  });
  const { folder = tmpdir(), mebibytes = AMOUNTS.mebibytes } = values;
  return { ...AMOUNTS, folder, mebibytes: Number(mebibytes) };
}

async function compare(
  row: Row,
  places: Places,
  { service, front }: { readonly service: Service; readonly front: ServedFront | undefined },
  { rounds, progress }: { readonly rounds: number; readonly progress: (text: string) => void },
): Promise<Comparison> {
  const peers = Object.entries(row.peers(places));
  const absent = peers.flatMap(([name, [program]]) => (onPath(program) ? [] : [name]));
  const ways: [string, Measure][] = [
    [OURS, () => timeCall(service, row, places)],
    ...peers
      .filter(([name]) => !absent.includes(name))
      .map(([name, words]): [string, Measure] => [name, () => timeProgram(words, places.output)]),
    [ONE_SHOT, () => timeProgram(xsysWords(...row.words(places)), places.output)],
  ];
  if (front !== undefined) {
    const words: Words = [front.program, "--json", ...row.words(places)];
    ways.push([FRONT, () => timeProgram(words, places.output, front.env)]);
  }
  const measures = ways.map(([name, measure]) => [name, between(row, places, withLoop(service, measure))] as const);
  const results = await interleave(new Map(measures), rounds, { milliseconds: ROW_MILLISECONDS, progress });
  return comparison(row, results, absent);
}

async function timeCall({ client }: Service, { command, params }: Row, places: Places): Promise<Figures> {
  const start = performance.now();
  await client.call(command, params(places));
  return { time: performance.now() - start };
}

/**
 * Adds the figures of the service's event loop during the sample. During a peer's sample, they are those of an idle
 * service.
 */
function withLoop({ loop }: Service, measure: Measure): Measure {
  return async () => {
    await loop(); // resets the measurement
    const figures = await measure();
    const { lag, work } = await loop();
    return { ...figures, [LAG]: lag, [WORK]: work };
  };
}

/** A sample with its preparation and cleanup, which are not timed. */
function between({ before, after }: Row, places: Places, measure: Measure): Measure {
  return async () => {
    await before?.(places);
    const figures = await measure();
    await after?.(places);
    return figures;
  };
}

function comparison({ title, goal }: Row, results: Results, absent: readonly string[]): Comparison {
  return {
    title,
    figures: [
      { name: "time", unit: "ms" },
      { name: LAG, unit: "ms" },
      { name: WORK, unit: "ms" },
    ],
    reference: { contender: goal.contender, figure: "time" },
    goals: [
      { figure: "time", ...goal },
      { figure: LAG, atMost: 5 },
      { figure: WORK, atMost: 5 },
      ...(results.has(FRONT) ? [{ of: FRONT, figure: "time", contender: OURS, atMost: FRONT_GOAL }] : []),
    ],
    results,
    absent,
  };
}
