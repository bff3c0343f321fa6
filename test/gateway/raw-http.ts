import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Sends these bytes (each character is one byte), and returns everything received until the connection is closed. */
export async function say(port: number, bytes: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" }).on("error", () => {}); // the response may end with a reset
  socket.write(bytes, "latin1");
  return text(socket);
}

/** A request header with Connection: close. */
export function head(line: string, ...fields: readonly string[]): string {
  return `${[line, ...fields, "connection: close"].join("\r\n")}\r\n\r\n`;
}

/** The status of the single response. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}

/** The body of the single response. */
export function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}

const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
/** END_STREAM and END_HEADERS. */
const WHOLE = 5;

/** `:status 400` as an index of HPACK's static table. Source: RFC 7541, A. */
const STATUS_400 = 0x80 | 12;
/** Source: RFC 9113, 7. */
const PROTOCOL_ERROR = 1;

/**
 * Whether an HTTP/2 request is refused, with 400 or, as nghttp2 does, by resetting its stream. It can have any headers
 * in any order; Node's client would not send some of them.
 */
export async function isRefusedByHttp2(port: number, fields: readonly (readonly [string, string])[]): Promise<boolean> {
  const block = Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0, name.length]), Buffer.from(name), literal(value)]),
  );
  const socket = connect({ port, host: "127.0.0.1" }).on("error", () => {}); // the response may end with a reset
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(Buffer.concat([frame(SETTINGS, 0, 0), frame(HEADERS, WHOLE, 1, block)]));
  let said = Buffer.alloc(0);
  for await (const bytes of socket) {
    said = Buffer.concat([said, bytes as Buffer]);
    const [answer, reset] = [firstOf(said, HEADERS), firstOf(said, RST_STREAM)];
    if (answer === undefined && reset === undefined) continue;
    socket.destroy();
    return answer?.[0] === STATUS_400 || reset?.readUInt32BE() === PROTOCOL_ERROR;
  }
  throw new Error("the connection was closed without an answer");
}

function literal(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** The payload of the first complete frame of `type`. */
function firstOf(bytes: Buffer, type: number): Buffer | undefined {
  for (let at = 0; at + 9 <= bytes.length; ) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) return undefined;
    if (bytes[at + 3] === type) return bytes.subarray(at + 9, end);
    at = end;
  }
  return undefined;
}
