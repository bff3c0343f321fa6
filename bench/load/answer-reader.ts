/** What came back for one request. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The server will close the connection: a request sent on it now would be lost. */
  readonly closes: boolean;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/**
 * Cuts what a connection brings into answers of HTTP/1.1, as far as a load needs it: a body is as long as its
 * content-length says, or in chunks, whose marks stay in it; without either it is none.
 */
export class AnswerReader {
  #rest: Buffer | undefined;

  /** The answer that these bytes complete. More than one request in flight is not foreseen. */
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
