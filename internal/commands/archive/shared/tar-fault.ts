import { type ErrorCode, XsysError } from "../../../../protocol/errors.ts";
import { damaged } from "./streams.ts";

/** An error in an archive, thrown by code that does not know the command or the path. */
export class TarFault extends Error {
  readonly code: ErrorCode;
  /** Name of the entry that has the error. */
  readonly entry: string | undefined;

  constructor(message: string, code: ErrorCode = "INVALID_DATA", entry?: string) {
    super(message);
    this.code = code;
    this.entry = entry;
  }

  toXsysError(command: string, path: string): XsysError {
    const { code, entry, message } = this;
    if (code === "INVALID_DATA") return damaged(command, path, this);
    const about = entry === undefined ? "" : `entry "${entry}": `;
    return new XsysError(code, `${command} failed on ${path}: ${about}${message}`, { details: { path, entry } });
  }
}
