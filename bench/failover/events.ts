import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { sendSignal } from "../../internal/processes/send-signal.ts";
import type { Report } from "../load/ledger.ts";
import type { Load } from "../load/load.ts";
import { settle } from "../load/settle.ts";
import type { Application } from "./application.ts";

/** An application under load, to which events happen. */
export interface Scene<A extends Application = Application> {
  readonly application: A;
  readonly load: Load;
  /** See `crashAtStart`. */
  readonly crashes: string;
}

/** Number of starts that fail before one succeeds. */
const FAILED_STARTS = 3;
/**
 * Maximum milliseconds that a hanging process is left to a supervisor without a health check. Clients time out after 2
 * s.
 */
const HANGING = 3_000;

export const NOTHING = "nothing happens";
/** Duration of this event in milliseconds. Other events take about as long. */
const UNEVENTFUL = 500;

export interface Event {
  /** Resolves with the report of the time until the application has recovered. */
  readonly happen: (scene: Scene) => Promise<Report>;
  /** The supervisor may be slower to start processes afterwards. */
  readonly leavesTrouble?: boolean;
}

/** The events by name. */
export const EVENTS: Readonly<Record<string, Event>> = {
  // The baseline: on a busy machine there are gaps without any event.
  [NOTHING]: { happen: (scene) => during(scene, () => pause(UNEVENTFUL)) },
  "kill -9": { happen: (scene) => during(scene, ({ load }) => load.kill()) },
  reload: {
    happen: async (scene) => {
      const { answering: former } = await scene.load.look();
      return during(scene, ({ application }) => application.reload(), former);
    },
  },
  "crash at start": {
    happen: (scene) =>
      during(scene, async ({ load, crashes }) => {
        await writeFile(crashes, String(FAILED_STARTS));
        await load.kill();
        while ((await readFile(crashes, "utf8")) !== "0") await pause(10);
      }),
    leavesTrouble: true,
  },
  hang: { happen: hang, leavesTrouble: true },
};

async function hang(scene: Scene): Promise<Report> {
  const { load, application } = scene;
  await load.take();
  const stopped = await load.kill("SIGSTOP");
  await settle(load, application.workers, { within: HANGING });
  const report = await load.take();
  if (stopped !== undefined && sendSignal(stopped, "SIGKILL")) await settled(scene);
  return report;
}

/** Waits until all processes of the application are running and its clients are answered. */
export async function settled({ load, application }: Scene, former: readonly number[] = []): Promise<void> {
  await settle(load, application.workers, { former });
  await application.whole?.();
}

async function during(
  scene: Scene,
  happen: (scene: Scene) => Promise<unknown>,
  former: readonly number[] = [],
): Promise<Report> {
  await scene.load.take();
  await happen(scene);
  await settled(scene, former);
  return scene.load.take();
}
