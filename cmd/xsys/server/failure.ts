import { fromErrno } from "../../../internal/base/errno.ts";
import { ERRORS, XsysError } from "../../../protocol/errors.ts";
import { ownCommandLine } from "../own-command-line.ts";
import { reportError } from "../report-error.ts";
import type { ServerLog } from "./log/server-log.ts";

/** Reports why the service did not start, and returns the exit status, which is never 0. */
export async function reportFailure(error: unknown, log: ServerLog): Promise<number> {
  const failure = asStartFailure(error);
  if (log.format === "plain" && !process.stdout.isTTY) {
    // In the same stream as the log, so that no log line can follow it.
    log.write(mustEndOutput(failure.message) ? failure.message : `ERROR: ${oneLine(failure.message)}\n`);
  } else {
    if (log.format === "json") log.logger.fatal({ code: failure.code }, failure.message);
    await reportError(ownCommandLine([]), failure, { json: false, verbose: false });
  }
  return ERRORS[failure.code].exit;
}

/** XyPriss's client looks for these texts after the last line end. */
function mustEndOutput(message: string): boolean {
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
    if (errno === undefined) return internalError(error);
    // With a host: an address that is not of this machine, or an unknown name. Otherwise: a directory that cannot be
    // created.
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

function internalError(error: unknown): XsysError {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new XsysError("INTERNAL", `unexpected error in xsys: ${message}`, { cause: error });
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, " ");
}
