import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { sendSignal } from "../../internal/processes/send-signal.ts";
import type { Report } from "../load/ledger.ts";
import type { Load } from "../load/load.ts";
import { settle } from "../load/settle.ts";
import type { Application } from "./application.ts";

/** What an application under load is put through. */
export interface Scene {
  readonly application: Application;
  readonly load: Load;
  /** See `crashAtStart`. */
  readonly crashes: string;
}

/** Starts that fail before one succeeds. */
const FAILED_STARTS = 3;
/** Milliseconds that whoever has no health check is given with a process that hangs; the client's patience is 2 s. */
const HANGING = 3_000;

export const NOTHING = "nothing happens";
/** Milliseconds that nothing happens for: about as long as an event takes. */
const UNEVENTFUL = 500;

export interface Event {
  /** Resolves to what clients met with until the application was whole again. */
  readonly happen: (scene: Scene) => Promise<Report>;
  /** Whoever starts processes may be slower to do it again afterwards. */
  readonly leavesTrouble?: boolean;
}

/** What can happen to an application, by name. */
export const EVENTS: Readonly<Record<string, Event>> = {
  // What the machine alone makes of it: on one that has much else to do, gaps are its own.
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

/** Waits until all processes of the application are there, and its clients are answered. */
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
