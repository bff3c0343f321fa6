/**
 * The one table of errors: what can go wrong, by code. `exit` is the status of a one-shot command (sysexits.h, where
 * it has one), `http` the status the gateway answers with. Codes are never renamed or removed.
 */
export const ERRORS = {
  INVALID_PARAMS: { exit: 64, http: 400, summary: "A parameter is missing, unknown, or not of its type." },
  UNKNOWN_COMMAND: { exit: 64, http: 404, summary: "There is no such command." },
  INVALID_DATA: { exit: 65, http: 422, summary: "The contents cannot be used: damaged, or not what they should be." },
  NOT_FOUND: { exit: 66, http: 404, summary: "The file, process or other thing asked for does not exist." },
  UNAVAILABLE: { exit: 69, http: 503, summary: "The service is not running, is shutting down, or was lost meanwhile." },
  UNSUPPORTED: { exit: 69, http: 501, summary: "This platform, machine or file system cannot do it." },
  INTERNAL: { exit: 70, http: 500, summary: "A defect in xsys; the log has its stack." },
  ALREADY_EXISTS: { exit: 73, http: 409, summary: "Something is there already." },
  NOT_A_DIRECTORY: { exit: 73, http: 409, summary: "A directory was needed and something else is there." },
  IS_A_DIRECTORY: { exit: 73, http: 409, summary: "A file was needed and a directory is there." },
  NOT_EMPTY: { exit: 73, http: 409, summary: "The directory still has entries." },
  IO_ERROR: { exit: 74, http: 500, summary: "The operating system failed to read or write." },
  NO_SPACE: { exit: 74, http: 507, summary: "The disk or the quota is full." },
  TOO_LARGE: { exit: 74, http: 413, summary: "The contents or the answer are over a limit." },
  BUSY: { exit: 75, http: 423, summary: "It is in use: a lock is held, or a server is there already." },
  LIMIT_EXCEEDED: { exit: 75, http: 429, summary: "Too many calls, connections or open files at once." },
  TIMEOUT: { exit: 75, http: 504, summary: "It took longer than its time limit." },
  CANCELLED: { exit: 75, http: 499, summary: "The caller gave up." },
  BAD_FRAME: { exit: 76, http: 400, summary: "The bytes on the connection are not the protocol's." },
  FRAME_TOO_LARGE: { exit: 76, http: 413, summary: "A frame's header tells a size over the limit." },
  UNKNOWN_TYPE: { exit: 76, http: 400, summary: "The message is of no known type." },
  DENIED: { exit: 77, http: 403, summary: "The operating system, or the confinement to the root, does not allow it." },
} as const satisfies Record<string, { exit: number; http: number; summary: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface XsysErrorOptions {
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/**
 * The one error that commands, the service and the SDK raise. Branch on `code`; the message is for people and says
 * what failed, on what, and why, in that order.
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
