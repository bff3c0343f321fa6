import { type ErrorCode, XsysError } from "../../../../protocol/errors.ts";
import { damaged } from "./streams.ts";

/** What is wrong with an archive, as it is found where nothing is known of the call. */
export class TarFault extends Error {
  readonly code: ErrorCode;
  /** The entry that it is about. */
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
