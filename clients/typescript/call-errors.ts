import { isErrorCode, XsysError } from "../../protocol/errors.ts";
import type { ResponsePayload } from "../../protocol/wire/message.ts";

/** The error in a response of the service. */
export function errorOf({ error = "the call failed", code, details }: ResponsePayload): XsysError {
  return new XsysError(isErrorCode(code) ? code : "INTERNAL", error, { details });
}

export function cancelled(name: string, signal: AbortSignal | undefined): XsysError {
  return new XsysError("CANCELLED", `${name} was cancelled`, { cause: signal?.reason });
}

export function timedOut(name: string, timeout: number): XsysError {
  return new XsysError("TIMEOUT", `${name} took longer than ${timeout} ms`, { details: { timeout } });
}

/** The error of a call whose connection was lost after the call had been sent. */
export function lostDuring(name: string, { message }: XsysError): XsysError {
  return new XsysError("UNAVAILABLE", `${name}: ${message}; it is not known whether the call was carried out`, {
    details: { command: name, sent: true },
  });
}

/** No connection could be made. `failed`, where given, is a better reason than the operating system's error. */
export function unavailable(path: string, cause: unknown, failed?: string): XsysError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const isNotListening = code === "ENOENT" || code === "ECONNREFUSED";
  const why = failed ?? (isNotListening ? "no xsys listens there; start one with: xsys serve" : message);
  return new XsysError("UNAVAILABLE", `cannot connect to ${path}: ${why}`, {
    details: { socket: path, errno: code },
    cause,
  });
}

/** The error of a call with params over the frame limit, which is not sent: the service would close the connection. */
export function tooLarge(name: string, params: string, limit: number): XsysError | undefined {
  // A UTF-16 unit has at most 3 UTF-8 bytes, so short params need no count. 256 bytes are for the rest of the message.
  if (params.length <= limit / 3 || Buffer.byteLength(params) + 256 <= limit) return undefined;
  return new XsysError("TOO_LARGE", `${name}: the parameters exceed the limit of ${limit} bytes`);
}
