import { setTimeout as pause } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";
import { freePort } from "../free-port.ts";
import { firstAnswer } from "./answers.ts";
import type { Contender } from "./contenders.ts";
import { inTurn, type Measuring, onePm2, withManager } from "./measuring.ts";
import { programFile } from "./served-app.ts";
import { Sheet } from "./sheet.ts";

const APP = "stubborn";
/** Milliseconds between SIGTERM and SIGKILL. The managers are told so. */
const KILL_TIMEOUT = 1_000;
/** Milliseconds after the kill timeout, at which nothing may be left. */
const ALLOWANCE = 1_000;
const ANSWERS_WITHIN = 5_000;

/** Measures `stop` and `start` of an application with a child that has the port, its own session, and ignores SIGTERM. */
export async function stubbornChild(measuring: Measuring): Promise<Comparison> {
  const contenders = onePm2(measuring.contenders);
  const sheet = new Sheet(contenders, {
    title: "stop and start of an app whose child has the port and a session of its own, and ignores SIGTERM",
    promise: `nothing is left ${KILL_TIMEOUT + ALLOWANCE} ms after stop, and the app starts again`,
    figures: [
      { name: "left", isCount: true },
      { name: "status of stop", isCount: true },
      { name: "new one answers", isCount: true },
      { name: "stop", unit: "ms" },
    ],
    goals: [
      { figure: "left", atMost: 0, always: true },
      { figure: "status of stop", atMost: 0, always: true },
      { figure: "new one answers", atLeast: 1, always: true },
    ],
    reference: "stop",
  });
  await inTurn({ ...measuring, contenders }, 1, async (contender) =>
    sheet.add(contender.name, await stopAndStart(contender)),
  );
  return sheet.comparison;
}

async function stopAndStart(contender: Contender) {
  return withManager(contender, async (manager) => {
    const port = await freePort();
    const flags = [...(contender.single ?? []), "--kill-timeout", String(KILL_TIMEOUT)];
    await manager.start({ name: APP, entry: programFile("stubborn.cjs"), flags, env: { PORT: String(port) } });
    const former = await firstAnswer(port, ANSWERS_WITHIN);
    const [stopped] = await Promise.all([manager.stop(APP), pause(KILL_TIMEOUT + ALLOWANCE)]);
    const left = await manager.ofApps();
    await manager.startAgain(APP);
    const answer = await firstAnswer(port, ANSWERS_WITHIN);
    return {
      left: left.length,
      "status of stop": stopped.status,
      "new one answers": former !== undefined && answer !== undefined && answer !== former ? 1 : 0,
      stop: stopped.milliseconds,
    };
  });
}
