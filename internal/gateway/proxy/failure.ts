import { type Answer, errorAnswer } from "../exchange/answer.ts";

const TIMEOUTS = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);
const REFUSALS = new Set([
  ...["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"],
  ...["ERR_UNESCAPED_CHARACTERS", "ERR_INVALID_CHAR", "ERR_INVALID_HTTP_TOKEN"],
]);

/** What a client is told when no upstream answered, by the last one's failure; undefined where none was fit to be asked. */
export function failureAnswer(failure: unknown): Answer {
  if (failure === undefined) return errorAnswer(503, "no upstream server is healthy");
  if (isTimeout(failure)) return errorAnswer(504, "the upstream server did not answer in time");
  if (REFUSALS.has(codeOf(failure))) return errorAnswer(400, "the request cannot be passed on");
  return errorAnswer(502, "the upstream server failed to answer");
}

/** It took too long. */
export function isTimeout(failure: unknown): boolean {
  return TIMEOUTS.has(codeOf(failure));
}

/** What was to be sent is no request: no upstream is to blame. Codes of undici and of node:http. */
export function isOfRequest(failure: unknown): boolean {
  return REFUSALS.has(codeOf(failure));
}

/** The upstream may just have closed an idle connection as it was used again, which says nothing about the next one. */
export function isStaleConnection(failure: unknown): boolean {
  const { socket } = failure as { socket?: { bytesRead?: number } };
  return codeOf(failure) === "ECONNRESET" || codeOf(failure) === "EPIPE" || (socket?.bytesRead ?? 0) > 0;
}

/** For the log. Of a name with several addresses, none of which was reached, there is no message. */
export function reasonOf(failure: unknown): string {
  return (failure instanceof Error && failure.message) || codeOf(failure) || String(failure);
}

function codeOf(failure: unknown): string {
  return (failure as NodeJS.ErrnoException).code ?? "";
}
