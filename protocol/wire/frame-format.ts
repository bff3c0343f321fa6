/** Bytes of a frame's header: the payload's size, unsigned, big-endian. */
export const HEADER_BYTES = 4;
/** Largest payload by default: 100 MiB, what XyPriss's own engines take. */
export const DEFAULT_MAX_FRAME = 100 * 1024 * 1024;
/** First bytes of payloads that are an XBP request and response (xbp.ts). */
export const XBP_REQUEST_MARK = 0x01;
export const XBP_RESPONSE_MARK = 0x02;
/** First byte of a payload that is a chunk of a byte stream; `{` begins JSON. */
export const CHUNK_MARK = 0x03;
/** Bytes of a chunk before its contents: mark u8, flags u8, id u32. */
export const CHUNK_HEADER_BYTES = 6;
/** Flag of a stream's last chunk. */
export const LAST_CHUNK = 1;
