import { setTimeout as pause } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";
import { freePort } from "../free-port.ts";
import { firstAnswer } from "./answers.ts";
import { CLUSTER, type Contender } from "./contenders.ts";
import type { Manager } from "./manager.ts";
import { inTurn, type Measuring, withManager } from "./measuring.ts";
import { memoryOf } from "./own-usage.ts";
import { APP, installServer } from "./served-app.ts";
import { Sheet } from "./sheet.ts";

const ANSWERS_WITHIN = 15_000;

/** Measures `start` of the Express application, with and without a running manager, and the memory of the manager. */
export async function startUp(measuring: Measuring): Promise<Comparison[]> {
  const { amounts } = measuring;
  const contenders = measuring.contenders.filter(({ processes }) => processes > 1);
  const times = new Sheet(contenders, {
    title:
      "start of the Express application: time to its first answer, and until the command ends, in which xsys waits for " +
      "stable-for; cold: no manager runs",
    promise: "the first answer takes ≤ 0.5 × pm2's time",
    figures: ["cold", "cold command", "warm", "warm command"].map((name) => ({ name, unit: "ms" })),
    goals: ["cold", "warm"].map((figure) => ({ figure, contender: CLUSTER, atMost: 0.5 })),
    reference: "warm",
  });
  const memory = new Sheet(contenders, {
    title:
      "memory of the manager's own processes with that application: PSS, in which pm2's daemon shares the program file of Node with all Node processes of the machine",
    promise: "≤ 3 × pm2's daemon",
    figures: [
      { name: "processes", isCount: true },
      { name: "memory", unit: "MiB" },
      { name: "heaps and stacks", unit: "MiB" },
    ],
    goals: [{ figure: "memory", contender: CLUSTER, atMost: 3 }],
    reference: "memory",
  });
  await inTurn({ ...measuring, contenders }, amounts.starts, (contender) =>
    withManager(contender, async (manager, folder) => {
      const entry = await installServer(folder);
      const cold = await timeStart(manager, contender, entry);
      await manager.delete(APP);
      const warm = await timeStart(manager, contender, entry);
      const figures = {
        cold: cold.answer,
        "cold command": cold.command,
        warm: warm.answer,
        "warm command": warm.command,
      };
      times.add(contender.name, figures);
      await pause(amounts.rest);
      const own = await manager.own();
      memory.add(contender.name, { processes: own.length, ...memoryOf(own) });
    }),
  );
  return [times.comparison, memory.comparison];
}

async function timeStart(manager: Manager, { serving }: Contender, entry: string) {
  const port = await freePort();
  const begun = performance.now();
  const starting = manager.start({ name: APP, entry, flags: serving(port), env: { PORT: String(port) } });
  await firstAnswer(port, ANSWERS_WITHIN);
  const answer = performance.now() - begun;
  return { answer, command: (await starting).milliseconds };
}
