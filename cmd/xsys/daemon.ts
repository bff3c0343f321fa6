import { resolve } from "node:path";
import { runDaemon } from "../../internal/apps/run-daemon.ts";
import { createLogger } from "../../internal/base/log.ts";
import { oneShotHost } from "../../internal/host/one-shot-host.ts";
import { limitArenas } from "../../internal/memory/allocator.ts";
import { XsysError } from "../../protocol/errors.ts";
import { parseWords } from "./argv.ts";
import { DAEMON_OPTIONS } from "./daemon-options.ts";
import { kindsOf, readFlags } from "./flags/read-flags.ts";
import { refuseDebugger } from "./refuse-debugger.ts";
import { thisProgram } from "./this-program.ts";

/** Runs the keeper of apps in this process until it is stopped, and ends the process. */
export async function daemon(words: readonly string[]): Promise<never> {
  const { positionals, options } = parseWords(words, { kinds: kindsOf(DAEMON_OPTIONS) });
  const [, extra] = positionals;
  if (extra !== undefined) throw new XsysError("INVALID_PARAMS", `daemon: unexpected argument "${extra}"`);
  const { config, "env-name": envName, "log-level": level } = readFlags(DAEMON_OPTIONS, options);
  const file = config === undefined ? undefined : resolve(config);
  limitArenas();
  refuseDebugger();
  await runDaemon({
    host: oneShotHost({ root: ".", program: thisProgram }),
    log: await createLogger(level),
    words: [
      "daemon",
      ...(file === undefined ? [] : ["--config", file]),
      ...(envName === undefined ? [] : ["--env-name", envName]),
      ...["--log-level", level],
    ],
    config: file,
    envName,
  });
  process.exit(0); // connections and timers would keep it running
}
