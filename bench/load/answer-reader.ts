/** The response to one request. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The server will close the connection, so no further request may be sent on it. */
  readonly closes: boolean;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/**
 * Splits the bytes of a connection into HTTP/1.1 responses. Supports only what the load generator needs: bodies with
 * content-length, and chunked bodies, which are not decoded. Without either header, the body is empty.
 */
export class AnswerReader {
  #rest: Buffer | undefined;

  /** Returns the response that these bytes complete. Supports one request in flight. */
  push(bytes: Buffer): HttpAnswer | undefined {
    const all = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    const headEnd = all.indexOf(HEAD_END);
    const answer = headEnd < 0 ? undefined : readAnswer(all, headEnd);
    this.#rest = answer === undefined ? all : undefined;
    return answer;
  }
}

function readAnswer(all: Buffer, headEnd: number): HttpAnswer | undefined {
  const head = all.toString("latin1", 0, headEnd);
  const start = headEnd + HEAD_END.length;
  const end = bodyEnd(head, all, start);
  if (end === undefined) return undefined;
  return {
    status: Number(head.slice(9, 12)),
    body: all.toString("latin1", start, end),
    closes: /\r\nconnection: *close/i.test(head),
  };
}

function bodyEnd(head: string, all: Buffer, start: number): number | undefined {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (length !== undefined) return start + Number(length) <= all.length ? start + Number(length) : undefined;
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return start;
  return all.subarray(start).subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? all.length : undefined;
}
