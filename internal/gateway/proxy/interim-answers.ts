import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/**
 * Makes undici accept a 100 answer. undici ignores 102 and 103, but closes the connection on a 100, although a client
 * must accept any 1xx (RFC 9110, 15.2). So `100` is changed to `102` while it is read. Only heads are examined, from
 * when a request is sent up to the first final status.
 */
export function acceptContinue(socket: Socket): void {
  const reader = new HeadReader();
  readers.set(socket, reader);
  const read = socket.read.bind(socket);
  socket.read = (size) => {
    const bytes: Buffer | null = read(size);
    if (bytes !== null) reader.look(bytes);
    return bytes;
  };
}

const readers = new WeakMap<Socket, HeadReader>();

/**
 * Published by undici before it writes a request's head, also by the undici of Node's fetch, whose sockets are not in
 * the map.
 */
subscribe("undici:client:sendHeaders", (message) => {
  readers.get((message as { readonly socket: Socket }).socket)?.begin();
});

/** Beginning of a status line, in which 0 stands for any digit. The three digits of the status follow. */
const VERSION = Buffer.from("HTTP/0.0 ");
const STATUS_END = VERSION.length + 3;
const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;

/** The part of an answer that the next bytes belong to. */
type Place = "status line" | "head" | "rest";

class HeadReader {
  #place: Place = "rest";
  /** Number of bytes read of the status line. */
  #read = 0;
  #status = 0;
  #isLineEmpty = false;

  /** Called before an answer. */
  begin(): void {
    this.#place = "status line";
    this.#read = 0;
    this.#status = 0;
  }

  /** Changes a status of 100 in the bytes to 102. */
  look(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && this.#place !== "rest"; at++) {
      if (this.#place === "head") this.#passHead(bytes[at] as number);
      else this.#readStatus(bytes, at);
    }
  }

  #readStatus(bytes: Buffer, at: number): void {
    const byte = bytes[at] as number;
    if (this.#read === 0 && (byte === CR || byte === LF)) return; // the parser skips empty lines
    if (!isExpected(byte, this.#read)) {
      this.#place = "rest";
      return;
    }
    if (this.#read >= VERSION.length) this.#status = this.#status * 10 + byte - ZERO;
    this.#read += 1;
    if (this.#read < STATUS_END) return;
    if (this.#status === 100) bytes[at] = ZERO + 2;
    // A 1xx is followed by another answer, except for 101, which is followed by another protocol.
    this.#place = this.#status < 200 && this.#status !== 101 ? "head" : "rest";
    this.#isLineEmpty = false;
  }

  #passHead(byte: number): void {
    if (byte === LF && this.#isLineEmpty) this.begin();
    else if (byte === LF) this.#isLineEmpty = true;
    else if (byte !== CR) this.#isLineEmpty = false;
  }
}

function isExpected(byte: number, place: number): boolean {
  const expected = VERSION[place] ?? ZERO;
  return expected === ZERO ? byte >= ZERO && byte <= ZERO + 9 : byte === expected;
}
