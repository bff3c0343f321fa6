import { XmlError } from "./xml-error.ts";

/**
 * Decodes an XML body. The encoding is taken from the byte order mark, else the content type, else the XML declaration,
 * else it is UTF-8.
 * @throws {XmlError} if the encoding is unknown, or the bytes are invalid in it.
 */
export function xmlText(body: Uint8Array, contentType: string): string {
  const label = markOf(body) ?? charsetOf(contentType) ?? declaredIn(body) ?? "utf-8";
  try {
    return new TextDecoder(label, { fatal: true }).decode(body);
  } catch (error) {
    const isUnknown = error instanceof RangeError;
    throw new XmlError(isUnknown ? `Unknown encoding ${label}` : `The body is not valid ${label}`);
  }
}

function markOf([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0x3c && second === 0) return "utf-16le";
  return first === 0 && second === 0x3c ? "utf-16be" : undefined;
}

function charsetOf(contentType: string): string | undefined {
  return /;\s{0,8}charset\s{0,8}=\s{0,8}"?([\w.:-]{1,40})/i.exec(contentType)?.[1];
}

function declaredIn(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.subarray(0, 200)).toString("latin1");
  return /^(?:\xef\xbb\xbf)?<\?xml[^>]{1,100}\bencoding\s{0,8}=\s{0,8}["']([\w.:-]{1,40})/.exec(start)?.[1];
}
