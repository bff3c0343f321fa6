import { type Answer, errorAnswer } from "../exchange/answer.ts";

const TIMEOUTS = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);
const REFUSALS = new Set([
  ...["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"],
  ...["ERR_UNESCAPED_CHARACTERS", "ERR_INVALID_CHAR", "ERR_INVALID_HTTP_TOKEN"],
]);

/** The answer when no upstream answered. `failure` is that of the last one; undefined if none is healthy. */
export function failureAnswer(failure: unknown): Answer {
  if (failure === undefined) return errorAnswer(503, "no upstream server is healthy");
  if (isTimeout(failure)) return errorAnswer(504, "the upstream server did not answer in time");
  if (REFUSALS.has(codeOf(failure))) return errorAnswer(400, "the request cannot be forwarded");
  return errorAnswer(502, "the upstream server failed to answer");
}

/** Whether the upstream took too long. */
export function isTimeout(failure: unknown): boolean {
  return TIMEOUTS.has(codeOf(failure));
}

/**
 * Whether the request itself is invalid, so that no upstream has failed. The codes are those of undici and node:http.
 */
export function isOfRequest(failure: unknown): boolean {
  return REFUSALS.has(codeOf(failure));
}

/** Whether the upstream may have closed an idle connection just as it was reused. A new connection may succeed. */
export function isStaleConnection(failure: unknown): boolean {
  const { socket } = failure as { socket?: { bytesRead?: number } };
  return codeOf(failure) === "ECONNRESET" || codeOf(failure) === "EPIPE" || (socket?.bytesRead ?? 0) > 0;
}

/** The reason for the log. The error has no message if a name has several addresses and none was reached. */
export function reasonOf(failure: unknown): string {
  return (failure instanceof Error && failure.message) || codeOf(failure) || String(failure);
}

function codeOf(failure: unknown): string {
  return (failure as NodeJS.ErrnoException).code ?? "";
}
