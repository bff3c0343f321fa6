import { setTimeout as pause } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";
import type { Figures } from "../rounds.ts";
import type { Amounts } from "./amounts.ts";
import { CLUSTER, type Contender } from "./contenders.ts";
import type { Manager } from "./manager.ts";
import { inTurn, type Measuring, onePm2, withManager } from "./measuring.ts";
import { cpuSecondsOf } from "./own-usage.ts";
import { programFile } from "./served-app.ts";
import { Sheet } from "./sheet.ts";

const APP = "printer";
const RATE = 10_000;
const FULL_RATE = 50_000;
/** Each how many lines a line of 66 KB comes. */
const LONG_EVERY = 1_000;
/** Lines that are printed to the end of the measurement, and more. */
const ENDLESS = 1e9;
/** Milliseconds for the last lines to reach the log. */
const WRITTEN_WITHIN = 10_000;
const RETRY = 250;

/** Measures the CPU usage of managers whose app prints lines. */
export async function logCpu(measuring: Measuring): Promise<Comparison> {
  const contenders = measuring.contenders.filter(({ single }) => single !== undefined);
  const { cpu, rest } = measuring.amounts;
  const sheet = new Sheet(contenders, {
    title:
      `an app that prints ${RATE} lines of 66 bytes a second, for ${cpu / 1_000} s: percent of one CPU; ` +
      "in pm2's cluster mode the app writes its log itself",
    promise: "the manager needs ≤ 0.3 × pm2's daemon",
    figures: [
      { name: "manager", unit: "%" },
      { name: "app", unit: "%" },
      { name: "both", unit: "%" },
    ],
    goals: contenders.flatMap(({ name, isOurs }) =>
      isOurs ? [] : [{ figure: name === CLUSTER ? "both" : "manager", contender: name, atMost: 0.3 }],
    ),
    reference: "both",
  });
  await inTurn({ ...measuring, contenders }, 1, async (contender) =>
    sheet.add(contender.name, await cpuOf(contender, { cpu, rest })),
  );
  return sheet.comparison;
}

async function cpuOf(contender: Contender, { cpu, rest }: Pick<Amounts, "cpu" | "rest">): Promise<Figures> {
  return withManager(contender, async (manager) => {
    await startPrinter(manager, contender, [RATE, ENDLESS, 0]);
    await pause(rest);
    const begun = performance.now();
    const before = await seconds(manager);
    await pause(cpu);
    const after = await seconds(manager);
    const share = 100_000 / (performance.now() - begun);
    const [own, app] = [(after.own - before.own) * share, (after.app - before.app) * share];
    return { manager: own, app, both: own + app };
  });
}

async function seconds(manager: Manager) {
  const ofApps = await manager.ofApps();
  return { own: await cpuSecondsOf(await manager.own()), app: await cpuSecondsOf(ofApps.map(({ pid }) => pid)) };
}

/** Compares the log with what was printed. */
export async function logLines(measuring: Measuring): Promise<Comparison> {
  const contenders = onePm2(measuring.contenders);
  const { lines } = measuring.amounts;
  const names = ["lost", "repeated", "out of order", "damaged"];
  const sheet = new Sheet(contenders, {
    title:
      `${lines} numbered lines, ${FULL_RATE} a second, each ${LONG_EVERY}th of 66 KB; ` +
      "xsys rotates at 1 MB, pm2 does not rotate",
    promise: "each is in the log once and in order",
    figures: [...names.map((name) => ({ name, isCount: true })), { name: "manager's CPU time", unit: "s" }],
    goals: names.map((figure) => ({ figure, atMost: 0, always: true })),
    reference: "manager's CPU time",
  });
  await inTurn({ ...measuring, contenders }, 1, async (contender) =>
    sheet.add(contender.name, await linesOf(contender, lines)),
  );
  return sheet.comparison;
}

async function linesOf(contender: Contender, count: number): Promise<Figures> {
  return withManager(contender, async (manager) => {
    await startPrinter(manager, contender, [FULL_RATE, count, LONG_EVERY]);
    await pause((count / FULL_RATE) * 1_000);
    const end = performance.now() + WRITTEN_WITHIN;
    let figures = await check(manager.printed(APP), count);
    while (figures.lost > 0 && performance.now() < end) {
      await pause(RETRY);
      figures = await check(manager.printed(APP), count);
    }
    return { ...figures, "manager's CPU time": await cpuSecondsOf(await manager.own()) };
  });
}

function startPrinter(manager: Manager, { single }: Contender, args: readonly number[]) {
  return manager.startPrinter({
    name: APP,
    entry: programFile("printer.cjs"),
    args: args.map(String),
    ...(single !== undefined && { flags: single }),
  });
}

/** Counts what is wrong with the lines of a log. */
async function check(lines: AsyncIterable<string>, count: number) {
  const seen = new Set<number>();
  const wrong = { repeated: 0, "out of order": 0, damaged: 0 };
  let last = -1;
  for await (const line of lines) {
    const [, digits = "", text = ""] = /^(\d+) ([xy]+)$/.exec(line) ?? [];
    const number = Number(digits);
    if (digits === "" || text.length !== (number % LONG_EVERY === 0 ? 66_000 : 60)) {
      wrong.damaged++;
      continue;
    }
    if (seen.has(number)) wrong.repeated++;
    else if (number < last) wrong["out of order"]++;
    seen.add(number);
    last = number;
  }
  return { lost: count - seen.size, ...wrong };
}
