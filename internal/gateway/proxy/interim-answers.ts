import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/**
 * Lets undici take 100 on a connection, asked for or not, as it takes 102 and 103: it passes over these, but breaks the
 * connection off at a 100, though a client must be able to take any of them (RFC 9110, 15.2). So `100` is made `102` as it
 * is read. Only heads are looked at: from where a request is sent up to the first status that is final.
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

/** Published by undici before it writes a request's head; by that of node's fetch as well, whose sockets are not ours. */
subscribe("undici:client:sendHeaders", (message) => {
  readers.get((message as { readonly socket: Socket }).socket)?.begin();
});

/** How a status line begins; any digit stands for 0. After it come the three of the status. */
const VERSION = Buffer.from("HTTP/0.0 ");
const STATUS_END = VERSION.length + 3;
const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;

/** Where in an answer the bytes are that come. */
type Place = "status line" | "head" | "rest";

class HeadReader {
  #place: Place = "rest";
  /** Bytes of the status line. */
  #read = 0;
  #status = 0;
  #isLineEmpty = false;

  /** An answer comes. */
  begin(): void {
    this.#place = "status line";
    this.#read = 0;
    this.#status = 0;
  }

  /** Changes the bytes where they say 100. */
  look(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && this.#place !== "rest"; at++) {
      if (this.#place === "head") this.#passHead(bytes[at] as number);
      else this.#readStatus(bytes, at);
    }
  }

  #readStatus(bytes: Buffer, at: number): void {
    const byte = bytes[at] as number;
    if (this.#read === 0 && (byte === CR || byte === LF)) return; // the parser passes over empty lines
    if (!isExpected(byte, this.#read)) {
      this.#place = "rest";
      return;
    }
    if (this.#read >= VERSION.length) this.#status = this.#status * 10 + byte - ZERO;
    this.#read += 1;
    if (this.#read < STATUS_END) return;
    if (this.#status === 100) bytes[at] = ZERO + 2;
    // The others below 200 are followed by another answer; after 101 it is another protocol.
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
