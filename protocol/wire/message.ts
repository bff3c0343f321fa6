import { type ErrorCode, XsysError } from "../errors.ts";

/** The protocol version announced in Hello. Newer versions only add to it. */
export const PROTOCOL_VERSION = 1;
/** Bytes that may be sent on a stream before its reader grants more. */
export const INITIAL_CREDIT = 1_048_576;
/**
 * Maximum number of bytes in a chunk. A round trip of 64 MiB reaches 1,420 MiB/s with chunks of this size, 1,350 MiB/s
 * with 64 KiB, and 1,310 MiB/s with 256 KiB.
 */
export const MAX_CHUNK = 32_768;
/** Maximum id of a call. */
export const MAX_ID = 0xffff_ffff;

/** A JSON message: XyPriss's envelope, with an `id` on messages that may be answered out of order. */
export interface Message {
  readonly type: string;
  readonly payload?: unknown;
  readonly id?: number;
}

export interface CoreCommand {
  readonly module: string;
  readonly action: string;
  readonly params?: unknown;
  /** The call's input follows as chunks with the same id. */
  readonly input?: boolean;
  /** The caller requests progress events. */
  readonly progress?: boolean;
}

export interface ResponsePayload {
  readonly status: "ok" | "error";
  readonly data?: unknown;
  /** The error's message. */
  readonly error?: string;
  readonly code?: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Limits {
  /** Bytes of a payload. */
  readonly frame: number;
  /** Unanswered calls per connection. */
  readonly inflight: number;
  /** Connections to the service. */
  readonly connections: number;
}

/** The payload with which a client introduces itself and requests the answer to Hello. */
export interface HelloQuestion {
  readonly protocol: number;
  /** The process on whose behalf the client calls; it becomes the holder of locks that are taken. */
  readonly pid: number;
  /** Sent by a native front: what it has in common with the services that may run its command line. */
  readonly front?: string;
}

export interface HelloAnswer {
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  readonly limits: Limits;
  /** Names of the commands of the service. */
  readonly commands: readonly string[];
  /** Whether the service runs command lines of the front that asked. */
  readonly front?: boolean;
}

/** Credit granted by the reader of a stream: bytes of a byte stream, or events. */
export interface Credit {
  readonly bytes?: number;
  readonly events?: number;
}

/** @throws BAD_FRAME if it is not a JSON object with a string `type` and, if present, an `id` from 0 to 2³²−1. */
export function parseMessage(payload: Buffer): Message {
  if (payload[0] !== 0x7b) {
    throw new XsysError("BAD_FRAME", `a payload begins with byte 0x${(payload[0] ?? 0).toString(16).padStart(2, "0")}`);
  }
  let message: Message;
  try {
    const text = payload.toString();
    message = parseResult(text) ?? JSON.parse(text);
  } catch (cause) {
    throw new XsysError("BAD_FRAME", "a payload is not JSON", { cause });
  }
  if (typeof message.type !== "string") throw new XsysError("BAD_FRAME", 'a message has no string "type"');
  if (message.id !== undefined && !isId(message.id)) throw new XsysError("BAD_FRAME", 'a message has an invalid "id"');
  return message;
}

/**
 * Parses a message in exactly the form that encodeResult writes. Only its data is parsed as JSON, which saves the
 * client a sixth of the cost of a small call.
 */
function parseResult(text: string): Message | undefined {
  if (!text.startsWith(RESULT_HEAD)) return undefined;
  const end = text.lastIndexOf(RESULT_ID);
  const id = Number.parseInt(text.slice(end + RESULT_ID.length), 10);
  if (!text.endsWith(`${RESULT_ID}${id}}`)) return undefined;
  try {
    // If the data is valid JSON on its own, the surrounding text cannot have another meaning.
    return { type: "Response", payload: { status: "ok", data: JSON.parse(text.slice(RESULT_HEAD.length, end)) }, id };
  } catch {
    return undefined;
  }
}

export function isId(id: unknown): id is number {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) <= MAX_ID;
}

/** A message as JSON. The envelope is written by hand, because it is most of the cost of a small message. */
export function encodeMessage(type: string, payload: unknown, id?: number): string {
  const tail = id === undefined ? "}" : `,"id":${id}}`;
  return `{"type":"${type}","payload":${JSON.stringify(payload) ?? "null"}${tail}`;
}

const RESULT_HEAD = '{"type":"Response","payload":{"status":"ok","data":';
const RESULT_ID = '},"id":';

export function encodeResult(data: unknown, id?: number): string {
  return `${RESULT_HEAD}${JSON.stringify(data) ?? "null"}${resultTail(id)}`;
}

/** Like encodeResult, for data that is already JSON, in pieces. */
export function encodeRawResult(pieces: readonly Uint8Array[], id?: number): Uint8Array[] {
  return [Buffer.from(RESULT_HEAD), ...pieces, Buffer.from(resultTail(id))];
}

function resultTail(id: number | undefined): string {
  return id === undefined ? "}}" : `${RESULT_ID}${id}}`;
}

export function encodeError({ code, message, details }: XsysError, id?: number): string {
  const payload: ResponsePayload = { status: "error", error: message, code, ...(details && { details }) };
  return encodeMessage("Response", payload, id);
}
