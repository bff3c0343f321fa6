import { getSystemErrorMessage } from "node:util";
import { type ErrorCode, XsysError } from "../../protocol/errors.ts";

/** Maps errors of the operating system to error codes. Any other error is an IO_ERROR. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "NOT_FOUND",
  ESRCH: "NOT_FOUND",
  EACCES: "DENIED",
  EPERM: "DENIED",
  EROFS: "DENIED",
  EEXIST: "ALREADY_EXISTS",
  ENOTDIR: "NOT_A_DIRECTORY",
  EISDIR: "IS_A_DIRECTORY",
  ENOTEMPTY: "NOT_EMPTY",
  ENOSPC: "NO_SPACE",
  EDQUOT: "NO_SPACE",
  EFBIG: "TOO_LARGE",
  ENAMETOOLONG: "INVALID_PARAMS",
  EINVAL: "INVALID_PARAMS",
  ELOOP: "INVALID_PARAMS",
  EMFILE: "LIMIT_EXCEEDED",
  ENFILE: "LIMIT_EXCEEDED",
  EBUSY: "BUSY",
  ETXTBSY: "BUSY",
  ENOTSUP: "UNSUPPORTED",
  EOPNOTSUPP: "UNSUPPORTED",
  ENOSYS: "UNSUPPORTED",
  ECONNREFUSED: "UNAVAILABLE",
  ECONNRESET: "UNAVAILABLE",
  EPIPE: "UNAVAILABLE",
  ETIMEDOUT: "TIMEOUT",
};

export function isErrno(error: unknown): error is NodeJS.ErrnoException & { dest?: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === "number" && "code" in error;
}

/** Converts an error of the operating system. The message says what failed, on which path, and why. */
export function fromErrno(error: NodeJS.ErrnoException & { dest?: string }, doing: string, asked?: string): XsysError {
  const { code = "", errno, path = asked, dest, syscall } = error;
  const where = path === undefined ? "" : ` on ${path}${dest === undefined ? "" : ` -> ${dest}`}`;
  // Some Node APIs report errno with the wrong sign.
  const reason = errno === undefined ? error.message : getSystemErrorMessage(-Math.abs(errno));
  return new XsysError(CODES[code] ?? "IO_ERROR", `${doing} failed${where}: ${reason}`, {
    details: { errno: code, ...(syscall && { syscall }), ...(path && { path }), ...(dest && { dest }) },
    cause: error,
  });
}
