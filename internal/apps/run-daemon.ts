import { startInterval } from "../../protocol/timers.ts";
import type { Host } from "../base/context.ts";
import type { Logger } from "../base/log.ts";
import { runKeeper } from "../keeper/run.ts";
import { Turns } from "../keeper/turns.ts";
import { ServiceManager } from "../processes/service-manager.ts";
import { applyConfig } from "./apply-config.ts";
import type { KeeperClient } from "./keeper-client.ts";
import { replaceKeeper } from "./replace-keeper.ts";
import { foldersOf, ifKeeper, keeperProgram } from "./with-keeper.ts";

export interface DaemonOptions {
  readonly host: Host;
  readonly log: Logger;
  /** The command line after the program, with absolute paths. */
  readonly words: readonly string[];
  /** Absolute path of a configuration file, or of a directory with one. */
  readonly config?: string | undefined;
  /** Chooses `env_NAME` of its apps. */
  readonly envName?: string | undefined;
}

/** Milliseconds for ending besides the kill timeouts of the apps. */
const GRACE = 15_000;

/**
 * Runs the keeper in this process until SIGTERM, SIGINT or a command ends it. The service manager, if there is one, is
 * told about it. SIGHUP applies the configuration again.
 * @throws BUSY if another daemon runs; UNSUPPORTED on Windows; the error of the configuration if there are no other apps
 */
export async function runDaemon({ host, log, words, config, envName }: DaemonOptions): Promise<void> {
  const { socket } = foldersOf(host);
  const program = keeperProgram(host);
  const env = { ...process.env }; // for an upgrade, with the variables that are taken out in the next line
  const manager = ServiceManager.take(process.env, log);
  const isRestarted = manager !== undefined || isMainProcess(env);
  const stopped = new AbortController();

  const apply = (keeper: KeeperClient) =>
    config === undefined
      ? Promise.resolve()
      : logged(log, applyConfig(host, keeper, { path: config, envName, signal: stopped.signal }));
  const tellReady = async (keeper: KeeperClient) => {
    const { apps } = await keeper.call("keeper.status", {});
    manager?.tell({ READY: 1, MAINPID: process.pid, STATUS: summaryOf(apps) });
  };

  const turns = new Turns();
  let isQueued = false;
  const reload = () => {
    if (isQueued) return;
    isQueued = true;
    const done = turns.take(async () => {
      isQueued = false;
      manager?.tell({ RELOADING: 1, MONOTONIC_USEC: String(process.hrtime.bigint() / 1_000n) });
      log.info(config === undefined ? "there is no configuration file to apply" : `applying ${config}`);
      await ifKeeper(host, async (keeper) => {
        await apply(keeper).catch(() => {}); // it is logged, and what runs is unchanged
        await tellReady(keeper);
      });
    });
    done.catch((error: unknown) => log.error({ err: error }, "reloading failed"));
  };
  process.on("SIGHUP", reload);
  const { watchdog } = manager ?? {};
  if (watchdog !== undefined) startInterval(() => manager?.tell({ WATCHDOG: 1 }), watchdog / 2).unref();

  await runKeeper({
    env,
    program,
    daemon: {
      log,
      words,
      isRestarted,
      replaceKeeper: () => replaceKeeper(socket),
      stopping: (longest) => {
        stopped.abort();
        manager?.tell({ STOPPING: 1, EXTEND_TIMEOUT_USEC: (longest + GRACE) * 1_000, STATUS: "stopping the apps" });
      },
    },
    ready: () =>
      turns.take(async () => {
        await ifKeeper(host, async (keeper) => {
          try {
            await apply(keeper);
          } catch (error) {
            if (!stopped.signal.aborted && (await hasNoApps(keeper))) throw error;
          }
          if (!stopped.signal.aborted) await tellReady(keeper);
        });
      }),
  });
}

/** Whether this process is restarted, or takes everything with it, when it ends: by systemd, or as process 1. */
function isMainProcess({ SYSTEMD_EXEC_PID }: NodeJS.ProcessEnv): boolean {
  return process.pid === 1 || SYSTEMD_EXEC_PID === String(process.pid);
}

async function logged(log: Logger, applying: ReturnType<typeof applyConfig>): Promise<void> {
  try {
    const { file, started, changed, kept, warnings } = await applying;
    for (const warning of warnings) log.warn(warning);
    const counts = { started: started.length, changed: changed.length, kept: kept.length };
    log.info({ file, ...counts }, "the configuration is applied");
  } catch (error) {
    log.error(`the configuration is not applied: ${(error as Error).message}`);
    throw error;
  }
}

async function hasNoApps(keeper: KeeperClient): Promise<boolean> {
  const { apps, unreadable } = await keeper.call("keeper.status", {});
  return apps.length + unreadable.length === 0;
}

function summaryOf(apps: readonly { readonly wanted: string; readonly clones: number; readonly ready: number }[]) {
  const running = apps.filter(({ wanted }) => wanted === "running");
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const ready = sum(running.map((app) => Math.min(app.ready, app.clones)));
  return `apps: ${running.length}, processes ready: ${ready} of ${sum(running.map(({ clones }) => clones))}`;
}
