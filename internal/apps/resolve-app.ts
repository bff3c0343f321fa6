import { XsysError } from "../../protocol/errors.ts";
import { type AppSpec, isBehindGateway } from "../keeper/app-spec.ts";
import { afterOf } from "./after.ts";
import type { AppDefinition } from "./app-definition.ts";
import { appEnvironment } from "./app-environment.ts";
import { appName } from "./app-name.ts";
import { cronOf } from "./cron.ts";
import { frontOf } from "./front.ts";
import { numberOfClones } from "./number-of-clones.ts";
import { ownerOf } from "./owner.ts";
import { durationOf, optional, percentOf, sizeOf, wholeNumber } from "./quantities.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { resolveProgram } from "./resolve-program.ts";
import { runsNode } from "./runs-node.ts";
import { warmupOf } from "./warmup.ts";
import { watchOf } from "./watch.ts";
import { workingFolder } from "./working-folder.ts";

/**
 * What is to run, from what a user wrote: paths are made absolute, the program is found, numbers are read, defaults are
 * filled in. Symbolic links are kept, so that a restart follows a link that was changed meanwhile.
 * @throws INVALID_PARAMS for an invalid value; NOT_FOUND, IS_A_DIRECTORY, NOT_A_DIRECTORY for a path; INVALID_DATA for the
 *   environment file; TOO_LARGE for the environment; DENIED for a user that only root can set; UNSUPPORTED for a script
 *   that no installed program can run
 */
export async function resolveApp(definition: AppDefinition, context: ResolveContext): Promise<AppSpec> {
  try {
    return await resolved(definition, context);
  } catch (error) {
    if (!(error instanceof XsysError) || definition.name === undefined) throw error;
    throw new XsysError(error.code, `app ${definition.name}: ${error.message}`, { cause: error });
  }
}

async function resolved(definition: AppDefinition, context: ResolveContext): Promise<AppSpec> {
  const cwd = await workingFolder(definition.cwd, context);
  const { environment, merged } = await appEnvironment(definition, { env: context.env, cwd });
  const program = await resolveProgram(definition, { cwd, env: merged, node: context.node });
  const front = frontOf(definition, await runsNode(program.command));
  const { clones, standbys } = numberOfClones(definition);
  const { maxRestarts, maxMemory, maxCpu, log = {} } = definition;
  return {
    name: await appName(definition.name, program.named, cwd),
    command: program.command,
    cwd,
    environment: { ...environment, base: { ...program.environment, ...environment.base } },
    front,
    clones,
    // Without the gateway a standby would work as well: none is started.
    standbys: isBehindGateway(front) ? standbys : 0,
    stableFor: durationOf("stableFor", definition.stableFor ?? DEFAULTS.stableFor),
    readyTimeout: durationOf("readyTimeout", definition.readyTimeout ?? DEFAULTS.readyTimeout),
    drainTimeout: durationOf("drainTimeout", definition.drainTimeout ?? DEFAULTS.drainTimeout),
    killTimeout: durationOf("killTimeout", definition.killTimeout ?? DEFAULTS.killTimeout),
    autorestart: definition.autorestart ?? true,
    stopExitCodes: exitCodes(definition.stopExitCodes ?? []),
    restartDelay: durationOf("restartDelay", definition.restartDelay ?? DEFAULTS.restartDelay),
    ...optional("maxRestarts", maxRestarts, (value) => wholeNumber("maxRestarts", value, 0, 1_000_000)),
    ...optional("maxMemory", maxMemory, (value) => sizeOf("maxMemory", value, LEAST_MEMORY)),
    ...optional("maxCpu", maxCpu, (value) => percentOf("maxCpu", value)),
    ...(await ownerOf(definition)),
    ...(await watchOf(definition, cwd)),
    ...(await cronOf(definition)),
    ...afterOf(definition),
    ...warmupOf(definition),
    log: {
      maxSize: sizeOf("log.maxSize", log.maxSize ?? DEFAULTS.logSize, LEAST_LOG),
      maxFiles: wholeNumber("log.maxFiles", log.maxFiles ?? DEFAULTS.logFiles, 0, 1_000),
    },
  };
}

const MEBIBYTE = 1024 ** 2;
/** Every program needs more: a smaller limit is a mistake, such as a number of megabytes without its unit. */
const LEAST_MEMORY = MEBIBYTE;
/** A line may have 1 MiB. */
const LEAST_LOG = MEBIBYTE;

/** Times in milliseconds, sizes in bytes. */
const DEFAULTS = {
  stableFor: 2_000,
  readyTimeout: 30_000,
  drainTimeout: 60_000,
  killTimeout: 10_000,
  restartDelay: 100,
  logSize: 100 * MEBIBYTE,
  logFiles: 10,
} as const;

function exitCodes(codes: number | readonly number[]): number[] {
  const list = typeof codes === "number" ? [codes] : codes;
  return [...new Set(list.map((code) => wholeNumber("stopExitCodes", code, 0, 255)))];
}
