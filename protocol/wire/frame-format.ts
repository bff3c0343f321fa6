/** Bytes of a frame's header: the size of the payload, unsigned, big-endian. */
export const HEADER_BYTES = 4;
/** Default maximum payload: 100 MiB, the limit of XyPriss's own engines. */
export const DEFAULT_MAX_FRAME = 100 * 1024 * 1024;
/** First byte of a payload that is an XBP request or response (xbp.ts). */
export const XBP_REQUEST_MARK = 0x01;
export const XBP_RESPONSE_MARK = 0x02;
/** First byte of a payload that is a chunk of a byte stream; `{` begins JSON. */
export const CHUNK_MARK = 0x03;
/** Bytes of a chunk's header: mark u8, flags u8, id u32. */
export const CHUNK_HEADER_BYTES = 6;
/** Flag of the last chunk of a stream. */
export const LAST_CHUNK = 1;
