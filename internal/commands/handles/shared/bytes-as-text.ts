import { XsysError } from "../../../../protocol/errors.ts";

export type Encoding = "hex" | "base64";

/** Bytes of an answer beside the contents. */
const ENVELOPE = 256;

/** How many bytes fit, as text, into an answer of a size. */
export function bytesThatFit(maxResult: number, encoding: Encoding): number {
  const room = Math.max(0, maxResult - ENVELOPE);
  return encoding === "hex" ? Math.floor(room / 2) : Math.floor(room / 4) * 3;
}

/** @throws INVALID_PARAMS when the text is not in the encoding: Buffer leaves out what it does not understand. */
export function bytesOf(data: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(data, encoding);
  const isWhole = encoding === "hex" ? bytes.length * 2 === data.length : !/[^\w+/=-]/.test(data);
  if (isWhole) return bytes;
  throw new XsysError("INVALID_PARAMS", `fs.handle-write: data is not ${encoding}`);
}
