import { createLogger } from "../../internal/base/log.ts";
import { VERSION } from "../../internal/base/version.ts";
import { type Service, startService } from "../../internal/host/service.ts";
import { limitArenas } from "../../internal/memory/allocator.ts";
import { defaultSocket } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { parseWords } from "./argv.ts";
import { kindsOf, readFlags } from "./flags/read-flags.ts";
import { frontOptions } from "./front/front-options.ts";
import { refuseDebugger } from "./refuse-debugger.ts";
import { ipcLimits, SERVE_OPTIONS } from "./serve-options.ts";
import { existingFolder, listeningOn, PROGRAM, stopOnSignals, surviveDefects } from "./service-process.ts";
import { thisProgram } from "./this-program.ts";

/** Runs the service until it is stopped and returns the exit status. */
export async function serve(words: readonly string[]): Promise<number> {
  limitArenas();
  refuseDebugger();
  const { values, root, confined } = await readServeWords(words);
  const listening = listeningOn(values.socket);
  const log = await createLogger(values["log-level"]);
  surviveDefects(log);
  const starting = startService({
    ...listening,
    root,
    confined,
    log,
    limits: ipcLimits(values),
    idleTimeout: values["idle-timeout"],
    program: thisProgram,
    front: frontOptions(),
  });
  stopOnSignals(starting);
  const service = await starting;
  announce(service);
  await service.ended;
  return 0;
}

/** @throws INVALID_PARAMS, NOT_FOUND */
export async function readServeWords(words: readonly string[]) {
  const { globals, positionals, options } = parseWords(words, { kinds: kindsOf(SERVE_OPTIONS) });
  const [, extra] = positionals;
  if (extra !== undefined) throw new XsysError("INVALID_PARAMS", `serve: unexpected argument "${extra}"`);
  const values = readFlags(SERVE_OPTIONS, options);
  return { values, root: await existingFolder(globals.root ?? "."), confined: globals.confine };
}

function announce({ socket }: Service): void {
  const isDefault = socket === defaultSocket();
  const connect = isDefault ? "--connect" : `--connect ${socket}`;
  process.stdout.write(
    `xsys ${VERSION} listens on ${socket} (pid ${process.pid})\n` +
      `Try, in another terminal:\n` +
      `  ${PROGRAM} ${connect} sys info\n` +
      `  ${PROGRAM} ${connect} fs ls --stats .\n` +
      `  ${PROGRAM} ${isDefault ? "status" : `status ${connect}`}\n`,
  );
}
