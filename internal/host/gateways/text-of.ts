import type { Answer } from "../../gateway/exchange/answer.ts";

/** The body of an answer that is known to be a text in memory. */
export function textOf(body: Answer["body"]): string {
  return body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : "";
}
