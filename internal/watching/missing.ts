import { XsysError } from "../../protocol/errors.ts";

export function missing(path: string): XsysError {
  return new XsysError("NOT_FOUND", `watching failed on ${path}: it does not exist`, { details: { path } });
}
