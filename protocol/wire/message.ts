import { type ErrorCode, XsysError } from "../errors.ts";

/** The version of the protocol that Hello tells. A newer one only adds. */
export const PROTOCOL_VERSION = 1;
/** Bytes that may be sent on a stream before its reader grants more. */
export const INITIAL_CREDIT = 1_048_576;
/**
 * Bytes of a stream that one chunk carries at the most. There and back, 64 MiB go at 1,420 MiB/s in chunks of this size,
 * at 1,350 in ones of 64 KiB, and at 1,310 in ones of 256 KiB.
 */
export const MAX_CHUNK = 32_768;
/** Largest id of a call. */
export const MAX_ID = 0xffff_ffff;

/** A JSON message: XyPriss's envelope, with an `id` on what may be answered out of order. */
export interface Message {
  readonly type: string;
  readonly payload?: unknown;
  readonly id?: number;
}

export interface CoreCommand {
  readonly module: string;
  readonly action: string;
  readonly params?: unknown;
  /** The call's input follows as chunks of the same id. */
  readonly input?: boolean;
  /** The caller wants to be told how far the work has come. */
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
  /** Calls on one connection that are not answered yet. */
  readonly inflight: number;
  /** Connections to the service. */
  readonly connections: number;
}

/** What a client may tell of itself, and asks for by doing so. */
export interface HelloQuestion {
  readonly protocol: number;
  /** The process on whose behalf it calls, such as the holder of the locks it takes. */
  readonly pid: number;
}

export interface HelloAnswer {
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  readonly limits: Limits;
  /** Names of the commands it has. */
  readonly commands: readonly string[];
}

/** What a stream's reader grants: bytes of a byte stream, or events. */
export interface Credit {
  readonly bytes?: number;
  readonly events?: number;
}

/** @throws BAD_FRAME when it is not a JSON object with a text `type` and, if any, an `id` from 0 to 2³²−1. */
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
  if (typeof message.type !== "string") throw new XsysError("BAD_FRAME", 'a message has no text "type"');
  if (message.id !== undefined && !isId(message.id)) throw new XsysError("BAD_FRAME", 'a message has an unusable "id"');
  return message;
}

/**
 * A message in the very form that encodeResult gives it. Its data is parsed alone, which makes a small call cost its
 * client a sixth less.
 */
function parseResult(text: string): Message | undefined {
  if (!text.startsWith(RESULT_HEAD)) return undefined;
  const end = text.lastIndexOf(RESULT_ID);
  const id = Number.parseInt(text.slice(end + RESULT_ID.length), 10);
  if (!text.endsWith(`${RESULT_ID}${id}}`)) return undefined;
  try {
    // Where the data is JSON by itself, what is around it cannot mean anything else.
    return { type: "Response", payload: { status: "ok", data: JSON.parse(text.slice(RESULT_HEAD.length, end)) }, id };
  } catch {
    return undefined;
  }
}

export function isId(id: unknown): id is number {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) <= MAX_ID;
}

/** A message as JSON. The envelope is put together by hand: it is most of a small message's cost. */
export function encodeMessage(type: string, payload: unknown, id?: number): string {
  const tail = id === undefined ? "}" : `,"id":${id}}`;
  return `{"type":"${type}","payload":${JSON.stringify(payload) ?? "null"}${tail}`;
}

const RESULT_HEAD = '{"type":"Response","payload":{"status":"ok","data":';
const RESULT_ID = '},"id":';

export function encodeResult(data: unknown, id?: number): string {
  return `${RESULT_HEAD}${JSON.stringify(data) ?? "null"}${resultTail(id)}`;
}

/** The same of data that is JSON already, in pieces. */
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
