import type { ByteWriter } from "../../../protocol/wire/byte-stream.ts";
import type { HeaderValue } from "../../../protocol/wire/worker.ts";
import { ConnectionSocket } from "./connection-socket.ts";

/** Maximum size of a response head, in bytes. */
const MAX_HEAD = 65_536;
const HEAD_END = "\r\n\r\n";

/** The socket of a node:http "upgrade" event: the listener writes the response head to it as text. */
export class UpgradeSocket extends ConnectionSocket {
  #head = "";

  override _write(bytes: Buffer, encoding: string, done: (error?: Error | null) => void): void {
    if (this.output !== undefined) {
      super._write(bytes, encoding, done);
      return;
    }
    this.#head += bytes.toString("latin1");
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) {
      done(this.#head.length > MAX_HEAD ? new RangeError("the response head exceeds 64 KiB") : null);
      return;
    }
    const output = this.#begin(this.#head.slice(0, end));
    const rest = Buffer.from(this.#head.slice(end + HEAD_END.length), "latin1");
    this.#head = "";
    this.output = output;
    if (output === undefined) done(new TypeError("the bytes written to the upgraded socket are not an HTTP response"));
    else super._write(rest, encoding, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.exchange.answer(502, {}); // has no effect when it was already answered
    super._destroy(error, done);
  }

  #begin(head: string): ByteWriter | undefined {
    const [statusLine = "", ...lines] = head.split("\r\n");
    const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
    return status === undefined ? undefined : this.exchange.begin(Number(status), fieldsOf(lines));
  }
}

function fieldsOf(lines: readonly string[]): Record<string, HeaderValue> {
  const fields: Record<string, HeaderValue> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields[name];
    if (colon > 0) fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}
