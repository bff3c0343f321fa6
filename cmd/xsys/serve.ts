import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { DEFAULT_LIMITS } from "../../internal/ipc/limits.ts";
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from "../../internal/log.ts";
import { type Service, startService } from "../../internal/service.ts";
import { VERSION } from "../../internal/version.ts";
import { assertPrivateFolder, defaultSocket, isNamedPipe } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";
import { HEADER_BYTES } from "../../protocol/frame.ts";
import { parseWords } from "./argv.ts";
import { SERVE_OPTIONS } from "./serve-options.ts";

/** Runs the service until it is stopped, and gives the exit status. */
export async function serve(words: readonly string[]): Promise<number> {
  const { globals, positionals, options } = parseWords(words, {
    kinds: new Map(Object.keys(SERVE_OPTIONS).map((o) => [o, "value"])),
  });
  const [, extra] = positionals;
  if (extra !== undefined) throw new XsysError("INVALID_PARAMS", `serve: there is nothing for "${extra}" to be`);
  const text = (name: string) => options.get(name) as string | undefined;

  const given = text("socket");
  const socket = given === undefined ? defaultSocket() : isNamedPipe(given) ? given : resolve(given);
  if (given === undefined && !process.env.XSYS_SOCKET) assertPrivateFolder(socket);
  const root = await existingFolder(globals.root ?? ".");
  const log = await createLogger(logLevel(text("log-level")));
  surviveDefects(log);
  const service = await startService({
    socket,
    root,
    confined: globals.confine,
    log,
    limits: {
      maxFrame: size("max-frame", text("max-frame"), DEFAULT_LIMITS.maxFrame, 1024, 0xffff_ffff - HEADER_BYTES),
      maxConnections: size("max-connections", text("max-connections"), DEFAULT_LIMITS.maxConnections, 1, 1_000_000),
      maxInflight: size("max-inflight", text("max-inflight"), DEFAULT_LIMITS.maxInflight, 1, 1_000_000),
      drainTimeout: size("drain-timeout", text("drain-timeout"), DEFAULT_LIMITS.drainTimeout, 0, 3_600_000),
    },
  });
  stopOnSignals(service);
  announce(service);
  await service.ended;
  return 0;
}

/** A defect in one call's work is a line in the log, and not the end of everybody else's. */
function surviveDefects(log: Logger): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => log.error({ err: error }, "a defect outside of any call"));
  }
}

/** SIGTERM or SIGINT drains; a second one does not wait. */
function stopOnSignals(service: Service): void {
  let signals = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => service.stop(++signals > 1));
}

function announce({ socket }: Service): void {
  const isDefault = socket === defaultSocket();
  const connect = isDefault ? "--connect" : `--connect ${socket}`;
  process.stdout.write(
    `xsys ${VERSION} listens on ${socket} (pid ${process.pid})\n` +
      `Try, in another terminal:\n` +
      `  npx xsys ${connect} sys info\n` +
      `  npx xsys ${connect} fs ls --stats .\n` +
      `  npx xsys ${isDefault ? "status" : `status ${connect}`}\n`,
  );
}

async function existingFolder(root: string): Promise<string> {
  const folder = resolve(root);
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory()) return folder;
  throw new XsysError("NOT_FOUND", `the root ${folder} is not an existing folder`);
}

function logLevel(text = "info"): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new XsysError("INVALID_PARAMS", `--log-level must be one of ${LOG_LEVELS.join(", ")}`);
}

const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A count, or a size such as `64m`. */
function size(name: string, text: string | undefined, byDefault: number, least: number, most: number): number {
  if (text === undefined) return byDefault;
  const [, digits, letter = ""] = /^(\d{1,12})([kmg]?)b?$/i.exec(text) ?? [];
  const value = digits === undefined ? Number.NaN : Number(digits) * (FACTORS[letter.toLowerCase()] ?? 1);
  if (value >= least && value <= most) return value;
  throw new XsysError(
    "INVALID_PARAMS",
    `--${name} must be a whole number from ${least} to ${most}, such as 1024 or 64m`,
  );
}
