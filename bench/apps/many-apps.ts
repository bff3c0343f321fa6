import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";
import type { Figures } from "../rounds.ts";
import { median } from "../statistics.ts";
import type { Amounts } from "./amounts.ts";
import { CLUSTER, type Contender } from "./contenders.ts";
import { inTurn, type Measuring, onePm2, withManager } from "./measuring.ts";
import { cpuSecondsOf, memoryOf } from "./own-usage.ts";
import { Sheet } from "./sheet.ts";

/** The crash-looping app needs some time until its pauses are long. */
const RESTS = 2;
/** Share of the time of the CPU usage of a busy manager that suffices for an idle one. */
const IDLE_SHARE = 0.5;

/** Measures a manager of many apps, one of which crashes again and again. */
export async function manyApps(measuring: Measuring): Promise<Comparison> {
  const contenders = onePm2(measuring.contenders);
  const { apps } = measuring.amounts;
  const sheet = new Sheet(contenders, {
    title: `${apps} idle apps, one of them crash-looping, from one ecosystem.config.json; status of pm2: jlist`,
    promise: "status ≤ 50 ms, idle CPU < 1 %, memory ≤ 3 × pm2's daemon",
    figures: [
      { name: "status", unit: "ms" },
      { name: "listed", isCount: true },
      { name: "idle CPU", unit: "%" },
      { name: "memory", unit: "MiB" },
    ],
    goals: [
      { figure: "status", atMost: 50 },
      { figure: "status", contender: CLUSTER, atMost: 1 },
      { figure: "idle CPU", atMost: 1 },
      { figure: "memory", contender: CLUSTER, atMost: 3 },
    ],
    reference: "status",
  });
  await inTurn({ ...measuring, contenders }, 1, async (contender) =>
    sheet.add(contender.name, await idle(contender, measuring.amounts)),
  );
  return sheet.comparison;
}

async function idle(contender: Contender, { apps, lists, cpu, rest }: Amounts): Promise<Figures> {
  return withManager(contender, async (manager, folder) => {
    const ecosystem = join(folder, "ecosystem.config.json");
    await writeFile(ecosystem, JSON.stringify({ apps: appsOf(apps) }));
    await manager.startAll(ecosystem);
    await pause(RESTS * rest);
    const own = await manager.own();
    const [begun, before] = [performance.now(), await cpuSecondsOf(own)];
    await pause(cpu * IDLE_SHARE);
    const used = (await cpuSecondsOf(own)) - before;
    const percent = (100_000 * used) / (performance.now() - begun);
    const { memory } = memoryOf(own);
    const times: number[] = [];
    let listed = 0;
    for (let i = 0; i < lists; i++) {
      const outcome = await manager.list();
      times.push(outcome.milliseconds);
      listed = manager.listed(outcome).length;
    }
    return { status: median(times), listed, "idle CPU": percent, memory };
  });
}

/** In pm2's format. Both managers are told to start the crashing one again for ever, after growing pauses. */
function appsOf(count: number): object[] {
  const usual = { interpreter: "none", exec_mode: "fork" };
  const crashing = { name: "crashing", script: "/bin/false", max_restarts: 1e6, exp_backoff_restart_delay: 100 };
  return [
    ...Array.from({ length: count - 1 }, (_, n) => ({
      name: `idle-${n}`,
      script: "/bin/sleep",
      args: "1000000",
      ...usual,
    })),
    { ...crashing, ...usual },
  ];
}
