/** Takes one sample in its own process and prints the figures: `sample.ts <contender> <root> <amounts>`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Figures } from "../rounds.ts";
import { median, percentile } from "../statistics.ts";
import { type Amounts, folderOf } from "./amounts.ts";
import { CONTENDERS } from "./contenders.ts";
import { now } from "./now.ts";
import type { Work } from "./writer.ts";

const MEBIBYTE = 1024 * 1024;

const [name = "", root = "", amountsText = "{}"] = process.argv.slice(2);
const { changes, burst, flood, folders, quiet } = JSON.parse(amountsText) as Amounts;
const start = CONTENDERS[name];
if (start === undefined) throw new Error(`unknown contender ${name}`);

const eventAt = new Map<string, number>();
let wake = () => {};
const writer = fork(fileURLToPath(new URL("writer.ts", import.meta.url)));
const watching = await start(root, (path) => {
  if (!eventAt.has(path)) eventAt.set(path, now());
  wake();
});
const atRest = residentBytes(watching.pid);
const latencies = await latency();
const lost = await bursts();
await watching.close();
writer.disconnect();
const figures: Figures = { ready: watching.ready, RSS: atRest / MEBIBYTE, ...latencies, ...lost };
process.stdout.write(JSON.stringify(figures), () => process.exit());

async function write(work: Work): Promise<number> {
  writer.send(work);
  const [begun] = await once(writer, "message");
  return begun;
}

/** Milliseconds from just before a change to its event. The changes are made one after the other. */
async function latency(): Promise<Figures> {
  const all: number[] = [];
  const medians: Record<string, number> = {};
  for (const kind of ["create", "modify", "delete"] as const) {
    const taken: number[] = [];
    for (let number = 0; number < changes; number++) {
      const path = `${folderOf(root, (number * 31) % folders)}/change-${number}`;
      await stillness(30);
      eventAt.clear();
      const begun = await write({ kind, paths: [path] });
      await awaitEvents([path]);
      const arrived = eventAt.get(path);
      if (arrived !== undefined) taken.push(arrived - begun);
    }
    medians[kind] = median(taken);
    all.push(...taken);
  }
  return { ...medians, p99: percentile(Float64Array.from(all).sort(), 99) };
}

/** Number of lost changes in each burst. */
async function bursts(): Promise<Figures> {
  const spread = paths(burst, (number) => `${folderOf(root, number % folders)}/spread-${number}`);
  const oneFolder = paths(burst, (number) => `${folderOf(root, 0)}/one-${number}`);
  const newFolders = paths(burst / 10, (number) => `${folderOf(root, number % folders)}/new-${number}`);
  const inside = newFolders.flatMap((folder) => paths(10, (number) => `${folder}/inside-${number}`));
  const many = paths(flood, (number) => `${folderOf(root, number % folders)}/flood-${number}`);
  const lost: Record<string, number> = {};
  lost.spread = await lostIn({ kind: "create", paths: spread }, spread);
  const suffix = "-renamed";
  const renamed = spread.map((path) => path + suffix);
  lost.renames = await lostIn({ kind: "rename", paths: spread, suffix }, renamed);
  lost["one folder"] = await lostIn({ kind: "create", paths: oneFolder }, oneFolder);
  await write({ kind: "mkdir", paths: newFolders });
  lost["new folders"] = await lostIn({ kind: "create", paths: inside }, inside);
  lost.flood = await lostIn({ kind: "create", paths: many }, many);
  await write({ kind: "clear", paths: [...renamed, ...oneFolder, ...newFolders, ...many] });
  return lost;
}

async function lostIn(work: Work, expected: readonly string[]): Promise<number> {
  eventAt.clear();
  await write(work);
  return awaitEvents(expected);
}

/** Waits for events for all paths, or until no more arrive. Returns the number of missing ones. */
async function awaitEvents(expected: readonly string[]): Promise<number> {
  for (;;) {
    if (eventAt.size >= expected.length && expected.every((path) => eventAt.has(path))) return 0;
    if (!(await oneMore(quiet))) return expected.filter((path) => !eventAt.has(path)).length;
  }
}

/** Waits until there has been no event for `milliseconds`. */
async function stillness(milliseconds: number): Promise<void> {
  while (await oneMore(milliseconds));
}

function oneMore(milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    wake = () => {
      clearTimeout(timer);
      resolve(true);
    };
  });
}

function paths(count: number, path: (number: number) => string): string[] {
  return Array.from({ length: count }, (_, number) => path(number));
}

/** Only measured on Linux: other systems have no such file for another process. */
function residentBytes(pid: number): number {
  try {
    const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
    return Number(kibibytes) * 1024;
  } catch {
    return Number.NaN;
  }
}
