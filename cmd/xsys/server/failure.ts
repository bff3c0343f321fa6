import { fromErrno } from "../../../internal/base/errno.ts";
import { ERRORS, XsysError } from "../../../protocol/errors.ts";
import { reportError } from "../report-error.ts";
import type { ServerLog } from "./log/server-log.ts";

/** Tells why the service did not start, and gives the exit status, which is never 0. */
export async function tellFailure(error: unknown, log: ServerLog): Promise<number> {
  const failure = asStartFailure(error);
  if (log.format === "plain" && !process.stdout.isTTY) {
    // In one stream, so that nothing can come behind it.
    log.write(isLookedForUnended(failure.message) ? failure.message : `ERROR: ${oneLine(failure.message)}\n`);
  } else {
    if (log.format === "json") log.logger.fatal({ code: failure.code }, failure.message);
    await reportError(failure, { json: false, verbose: false });
  }
  return ERRORS[failure.code].exit;
}

/** XyPriss's client looks for these in what follows the last end of a line. */
function isLookedForUnended(message: string): boolean {
  return /Address already in use|permission denied|operation not permitted/.test(message);
}

function asStartFailure(error: unknown): XsysError {
  const errno = errnoOf(error) ?? errnoOf((error as Error | undefined)?.cause);
  const { address = "", port } = errno ?? {};
  if (errno?.code === "EADDRINUSE") {
    const place = port === undefined ? address : hostAndPort(address, port);
    return new XsysError("BUSY", `Address already in use${place && `: ${place}`}`, { cause: error });
  }
  if (!(error instanceof XsysError)) {
    if (errno?.code === "EACCES" || errno?.code === "EPERM") {
      return new XsysError("DENIED", errno.message, { cause: error });
    }
    if (errno === undefined) return defect(error);
    // An address that is none of this machine's, or a name that nobody knows; else a folder that cannot be made.
    const host = errno.hostname ?? errno.address;
    return fromErrno(errno, host === undefined ? "starting" : "listening", host);
  }
  const { socket } = error.details ?? {};
  if (error.code !== "BUSY" || socket === undefined) return error;
  return new XsysError("BUSY", `Address already in use: ${error.message}`, { cause: error });
}

function hostAndPort(address: string, port: number): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

type Errno = NodeJS.ErrnoException & {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
};

function errnoOf(error: unknown): Errno | undefined {
  return error instanceof Error && "code" in error && "syscall" in error ? (error as Errno) : undefined;
}

function defect(error: unknown): XsysError {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new XsysError("INTERNAL", `a defect in xsys: ${message}`, { cause: error });
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, " ");
}
