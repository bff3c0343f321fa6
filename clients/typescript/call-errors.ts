import { isErrorCode, XsysError } from "../../protocol/errors.ts";
import type { ResponsePayload } from "../../protocol/wire/message.ts";

/** The error that the service answered with. */
export function errorOf({ error = "the call failed", code, details }: ResponsePayload): XsysError {
  return new XsysError(isErrorCode(code) ? code : "INTERNAL", error, { details });
}

export function cancelled(name: string, signal: AbortSignal | undefined): XsysError {
  return new XsysError("CANCELLED", `${name} was cancelled`, { cause: signal?.reason });
}

export function timedOut(name: string, timeout: number): XsysError {
  return new XsysError("TIMEOUT", `${name} took longer than ${timeout} ms`, { details: { timeout } });
}

/** The connection was lost while a call was in flight. */
export function lostWhile(name: string, { message }: XsysError): XsysError {
  return new XsysError("UNAVAILABLE", `${name}: ${message}; whether it was carried out is not known`, {
    details: { command: name, sent: true },
  });
}

/** No connection could be made: `failed` tells more than the operating system's error, where there is more. */
export function unavailable(path: string, cause: unknown, failed?: string): XsysError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const nobody = code === "ENOENT" || code === "ECONNREFUSED";
  const why = failed ?? (nobody ? "no xsys listens there; start one with: xsys serve" : message);
  return new XsysError("UNAVAILABLE", `cannot connect to ${path}: ${why}`, {
    details: { socket: path, errno: code },
    cause,
  });
}

/** Why a call is not sent, if its params are too many: the service would close the connection over such a frame. */
export function tooLarge(name: string, params: string, limit: number): XsysError | undefined {
  // Its size in bytes is asked for only where it may matter; 256 bytes are left for the rest of the message.
  if (params.length <= limit / 3 || Buffer.byteLength(params) + 256 <= limit) return undefined;
  return new XsysError("TOO_LARGE", `${name}: the parameters are over the limit of ${limit} bytes`);
}
