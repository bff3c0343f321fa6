import { XsysError } from "../../../protocol/errors.ts";
import type { Logger } from "../../base/log.ts";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { FileChangedError, NoFileError } from "./file-errors.ts";

/** The answer for a file that could not be sent. */
export function failureAnswer(error: unknown, path: string, exchange: Exchange, log: Logger): Answer {
  if (error instanceof NoFileError) return errorAnswer(404, "no such file");
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (NOT_FOUND.has(code)) return errorAnswer(404, "no such file");
  if (NOT_ALLOWED.has(code)) return errorAnswer(403, "the file may not be read");
  if (exchange.ended) return errorAnswer(503, "the client disconnected");
  const isBusy =
    error instanceof FileChangedError || error instanceof XsysError || code === "EMFILE" || code === "ENFILE";
  log.warn({ err: error, path }, "a file could not be sent");
  if (isBusy) return errorAnswer(503, "the file cannot be read now", { "retry-after": "1" });
  return errorAnswer(500, "the file cannot be read");
}

const NOT_FOUND = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EINVAL", "ERR_INVALID_ARG_VALUE"]);
const NOT_ALLOWED = new Set(["EACCES", "EPERM"]);
