import { setTimeout as pause } from "node:timers/promises";
import { identityOf, isRunning } from "../../internal/processes/identity.ts";
import type { Figure, Goal } from "../comparison.ts";
import type { Scene } from "../failover/events.ts";
import type { Report } from "../load/ledger.ts";
import { settle } from "../load/settle.ts";
import type { Figures } from "../rounds.ts";
import { percentile } from "../statistics.ts";
import type { Amounts } from "./amounts.ts";
import type { Outcome } from "./manager.ts";
import { APP, CLOSING, type ServedApp } from "./served-app.ts";

export type AppScene = Scene<ServedApp>;

/** What clients and the user of the manager noticed of one event. */
export interface Noticed {
  readonly figures: Figures;
  /** The command that was part of the event. */
  readonly outcome?: Outcome;
  /** The manager has lost the application, so that the event cannot happen again. */
  readonly isLost?: boolean;
}

export interface AppEvent {
  /** The guarantee of xsys. */
  readonly promise: string;
  readonly figures: readonly Figure[];
  /** Limits for the figures of xsys. */
  readonly goals: readonly Goal[];
  /** It happens to the manager, which is the same however many processes an app has. */
  readonly isOfManager?: boolean;
  readonly times: (amounts: Amounts) => number;
  readonly happen: (scene: AppScene) => Promise<Noticed>;
}

/** Maximum milliseconds to wait until the clients are answered as before. Later failures are not counted. */
const RECOVERY = 3_000;
/** Milliseconds until the manager's list must be right. The figure of one that is not right until then. */
const NOT_LISTED = 3_000;
/** Milliseconds between two looks at a list. */
const LOOK = 5;
/** Milliseconds from one death of a manager to the next. */
const BETWEEN_DEATHS = 1_200;

export const MET: readonly Figure[] = [
  { name: "failed GETs", isCount: true },
  { name: "failed POSTs", isCount: true },
  { name: "refused", isCount: true },
  { name: "longest gap", unit: "ms" },
];
export const P99: Figure = { name: "p99", unit: "ms" };
export const STATUS: Figure = { name: "exit status", isCount: true };
const PIDS_KEPT: Figure = { name: "pids kept", isCount: true };
const TIME_LISTED: Figure = { name: "list right after", unit: "ms" };

export const NO_GET_FAILS: Goal = { figure: "failed GETs", atMost: 0, always: true };
export const NONE_FAILS: readonly Goal[] = [NO_GET_FAILS, { figure: "failed POSTs", atMost: 0, always: true }];
const SUCCEEDS: Goal = { figure: "exit status", atMost: 0, always: true };
const ALL_KEPT: Goal = { figure: "pids kept", atLeast: 2, always: true };
const once = () => 1;

/** The events in the order in which they happen to one application. The manager may not survive the last one. */
export const EVENTS: Readonly<Record<string, AppEvent>> = {
  "kill -9 of a clone": {
    promise: "no repeatable request fails; p99 of the clients' next answers ≤ 20 ms with another clone",
    figures: [...MET, P99],
    goals: [NO_GET_FAILS, { figure: "p99", atMost: 20 }],
    times: ({ kills }) => kills,
    happen: async (scene) => {
      const { report } = await during(scene, () => scene.load.kill());
      const { failover, milliseconds } = report;
      const p99 = failover.length === 0 ? milliseconds : percentile(failover.toSorted(ascending), 99);
      return { figures: { ...metBy(report), p99 } };
    },
  },
  "scale up": commandEvent("no request fails", (scene) => scaled(scene, 1)),
  "scale down": commandEvent("no request fails", (scene) => scaled(scene, 0)),
  "reload of the application as it is": commandEvent("no request fails", async (scene) => {
    await scene.application.deploy(CLOSING); // the processes that end now do not have it yet
    return reloaded(scene);
  }),
  "reload of the same application if it calls server.close() at SIGTERM and SIGINT": commandEvent(
    "no request fails",
    reloaded,
  ),
  "upgrade of the manager": {
    promise: "no request fails, the same processes run",
    figures: [...MET, P99, STATUS, PIDS_KEPT],
    goals: [...NONE_FAILS, SUCCEEDS, ALL_KEPT],
    isOfManager: true,
    times: ({ upgrades }) => upgrades,
    happen: async (scene) => {
      const kept = await processesOf(scene);
      const { report, result } = await during(scene, () => scene.application.manager.upgrade());
      return { figures: { ...commandFigures(report, result), "pids kept": kept() }, outcome: result };
    },
  },
  "kill -9 of the manager": {
    promise: "no request fails, the same processes run, adopted within 500 ms",
    figures: [...MET, P99, PIDS_KEPT, TIME_LISTED],
    goals: [...NONE_FAILS, ALL_KEPT, { figure: "list right after", atMost: 500, always: true }],
    isOfManager: true,
    times: ({ managerKills }) => managerKills,
    happen: killManager,
  },
};

function commandEvent(
  promise: string,
  happen: (scene: AppScene) => Promise<{ readonly report: Report; readonly result: Outcome }>,
): AppEvent {
  return {
    promise,
    figures: [...MET, P99, STATUS],
    goals: [...NONE_FAILS, SUCCEEDS],
    times: once,
    happen: async (scene) => {
      const { report, result } = await happen(scene);
      return { figures: commandFigures(report, result), outcome: result };
    },
  };
}

async function reloaded(scene: AppScene): Promise<{ report: Report; result: Outcome }> {
  const { answering: former } = await scene.load.look();
  return during(scene, () => scene.application.reload(), { former });
}

async function scaled(scene: AppScene, more: number): Promise<{ report: Report; result: Outcome }> {
  const processes = scene.application.workers + more;
  return during(scene, () => scene.application.scale(processes), { processes });
}

async function killManager(scene: AppScene): Promise<Noticed> {
  const { manager } = scene.application;
  await pause(BETWEEN_DEATHS);
  const pids = (await listedPids(scene)).toSorted(ascending);
  const kept = await processesOf(scene);
  const { report, result } = await during(scene, async () => {
    const pid = await manager.pid();
    const killed = performance.now();
    process.kill(pid, "SIGKILL");
    while (performance.now() < killed + NOT_LISTED) {
      const now = (await listedPids(scene)).toSorted(ascending);
      if (now.length === pids.length && now.every((each, index) => each === pids[index])) break;
      await pause(LOOK);
    }
    return Math.min(performance.now() - killed, NOT_LISTED);
  });
  return {
    figures: { ...metBy(report), p99: report.p99, "pids kept": kept(), "list right after": result },
    isLost: result === NOT_LISTED,
  };
}

/** Runs `happen`, waits until the clients are answered as before, and reports what they met with meanwhile. */
async function during<T>(
  { application, load }: AppScene,
  happen: () => Promise<T>,
  { former = [], processes = application.workers }: { former?: readonly number[]; processes?: number } = {},
): Promise<{ report: Report; result: T }> {
  await load.take();
  const result = await happen();
  await settle(load, processes, { former, within: RECOVERY });
  return { result, report: await load.take() };
}

async function listedPids({ application: { manager } }: AppScene): Promise<readonly number[]> {
  return (await manager.apps()).find(({ name }) => name === APP)?.pids ?? [];
}

/** A function that counts those of the app's processes of now that still run. */
async function processesOf(scene: AppScene): Promise<() => number> {
  const before = (await listedPids(scene)).map(identityOf).filter((identity) => identity !== undefined);
  return () => before.filter(isRunning).length;
}

export function metBy({ byMethod, byKind, longestGap }: Report): Figures {
  return {
    "failed GETs": byMethod.GET ?? 0,
    "failed POSTs": byMethod.POST ?? 0,
    refused: byKind.refused ?? 0,
    "longest gap": longestGap,
  };
}

function commandFigures(report: Report, { status }: Outcome): Figures {
  return { ...metBy(report), p99: report.p99, "exit status": status };
}

const ascending = (a: number, b: number) => a - b;
