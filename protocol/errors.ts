/**
 * All error codes. `exit` is the exit status of a one-shot command (from sysexits.h where it has one), `http` the
 * status code of the gateway's response. Codes are never renamed or removed.
 */
export const ERRORS = {
  INVALID_PARAMS: { exit: 64, http: 400, summary: "A parameter is missing, unknown or invalid." },
  UNKNOWN_COMMAND: { exit: 64, http: 404, summary: "The command does not exist." },
  INVALID_DATA: { exit: 65, http: 422, summary: "The contents are damaged, incomplete or in the wrong format." },
  NOT_FOUND: { exit: 66, http: 404, summary: "The requested file, process or object does not exist." },
  UNAVAILABLE: {
    exit: 69,
    http: 503,
    summary:
      "Something that the command needs is not available; most often the service, because it is not running or is " +
      "shutting down, or because the connection to it was lost.",
  },
  UNSUPPORTED: {
    exit: 69,
    http: 501,
    summary: "The operation is not supported by this service, platform, machine, file system or format.",
  },
  INTERNAL: { exit: 70, http: 500, summary: "A bug in xsys; the log has the stack trace." },
  ALREADY_EXISTS: { exit: 73, http: 409, summary: "The path to create already exists." },
  NOT_A_DIRECTORY: { exit: 73, http: 409, summary: "The path is not a directory, but a directory is required." },
  IS_A_DIRECTORY: { exit: 73, http: 409, summary: "The path is a directory, but a file is required." },
  NOT_EMPTY: { exit: 73, http: 409, summary: "The directory is not empty." },
  IO_ERROR: { exit: 74, http: 500, summary: "The operating system reported a read or write error." },
  NO_SPACE: { exit: 74, http: 507, summary: "The disk or quota is full." },
  TOO_LARGE: { exit: 74, http: 413, summary: "The contents or the answer exceed a limit." },
  BUSY: {
    exit: 75,
    http: 423,
    summary: "Another process or call interferes, for example by using the same file or address; a retry may succeed.",
  },
  LIMIT_EXCEEDED: { exit: 75, http: 429, summary: "Too many concurrent calls, connections or open files." },
  TIMEOUT: { exit: 75, http: 504, summary: "The time limit was exceeded." },
  CANCELLED: { exit: 75, http: 499, summary: "The caller cancelled the call." },
  BAD_FRAME: { exit: 76, http: 400, summary: "The bytes on the connection do not follow the protocol." },
  FRAME_TOO_LARGE: { exit: 76, http: 413, summary: "A frame is larger than the limit." },
  UNKNOWN_TYPE: { exit: 76, http: 400, summary: "The message type is unknown." },
  DENIED: {
    exit: 77,
    http: 403,
    summary: "The operating system, --confine or a safety check of the command does not allow the operation.",
  },
} as const satisfies Record<string, { exit: number; http: number; summary: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Codes that any command may fail with. Contracts list only other codes. */
export const COMMON_ERRORS = [
  "INVALID_PARAMS",
  "DENIED",
  "IO_ERROR",
  "CANCELLED",
  "INTERNAL",
] as const satisfies readonly ErrorCode[];

/**
 * Codes that any call through a service may fail with. Contracts list UNAVAILABLE if the command needs a service, and
 * any of these codes if there is a further reason for it.
 */
export const SERVICE_ERRORS = ["UNAVAILABLE", "LIMIT_EXCEEDED", "TOO_LARGE"] as const satisfies readonly ErrorCode[];

export interface XsysErrorOptions {
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/**
 * The error class of commands, the service and the SDK. Branch on `code`; the message is for people and says what
 * failed, on what, and why, in that order.
 */
export class XsysError extends Error {
  override readonly name = "XsysError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, { details, cause }: XsysErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERRORS, code);
}
