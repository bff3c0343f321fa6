import { XsysError } from "../../../../protocol/errors.ts";

export type Encoding = "hex" | "base64";

/** Bytes of an answer in addition to the content. */
const ENVELOPE = 256;

/** Number of bytes that, encoded as text, fit into an answer of `maxResult` bytes. */
export function bytesThatFit(maxResult: number, encoding: Encoding): number {
  const room = Math.max(0, maxResult - ENVELOPE);
  return encoding === "hex" ? Math.floor(room / 2) : Math.floor(room / 4) * 3;
}

/** @throws INVALID_PARAMS for text that is not in the encoding. Buffer.from would skip invalid characters. */
export function bytesOf(data: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(data, encoding);
  const isWhole = encoding === "hex" ? bytes.length * 2 === data.length : !/[^\w+/=-]/.test(data);
  if (isWhole) return bytes;
  throw new XsysError("INVALID_PARAMS", `fs.handle-write: data is not ${encoding}`);
}
