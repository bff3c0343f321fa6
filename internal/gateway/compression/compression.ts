import { pipeline } from "node:stream";
import { XsysError } from "../../../protocol/errors.ts";
import type { Answer, AnswerFilter } from "../exchange/answer.ts";
import type { CompressionOptions } from "../options.ts";
import { type Accepted, acceptedCodings, CODINGS, type Coding } from "./accepted-codings.ts";
import { encodedHeaders, variedHeaders } from "./coded-headers.ts";
import { compressibleTypes } from "./compressible-types.ts";
import { createEncoder, type Encoder } from "./encoder.ts";

/** Statuses of answers that have no body, or only a part of one. */
const NOT_COMPRESSED = new Set([101, 204, 205, 206, 304]);

/**
 * Compresses answers with a coding that the client accepts: whole bodies of at least the threshold, and streams, which
 * are flushed after each chunk. A cached body is compressed once.
 * @throws INVALID_PARAMS for an unknown algorithm.
 */
export function createCompression(options: CompressionOptions): AnswerFilter {
  const encoders = new Map(
    options.algorithms.map((name) => [checked(name), createEncoder(checked(name), options.level)]),
  );
  const isCompressible = compressibleTypes(options.types);
  const { threshold } = options;
  return (answer, exchange) => {
    const { status, headers, body } = answer;
    const isHead = exchange.method === "HEAD";
    if (isHead ? lengthForGet(answer) < threshold : body === undefined) return answer;
    if (!isHead && body instanceof Uint8Array && body.length < threshold) return answer;
    if (headers["content-encoding"] !== undefined || NOT_COMPRESSED.has(status)) return answer;
    if (!isCompressible(headers["content-type"])) return answer;
    if (String(headers["cache-control"]).includes("no-transform")) return answer;
    const coding = chosen(acceptedCodings(exchange.headers["accept-encoding"]), encoders);
    if (coding === undefined) return { ...answer, headers: variedHeaders(headers) };
    if (isHead) return withoutLength(answer);
    return encode(answer, coding, encoders.get(coding) as Encoder);
  };
}

/** Length of the body that GET would have; infinite if unknown. */
function lengthForGet({ headers, body }: Answer): number {
  const length = headers["content-length"];
  if (length !== undefined) return Number(length);
  return body instanceof Uint8Array && body.length > 0 ? body.length : Number.POSITIVE_INFINITY;
}

/** Content-Length must be the same for HEAD as for GET, and the compressed length is unknown. Source: RFC 9110, 8.6. */
function withoutLength({ status, headers, body }: Answer): Answer {
  const { "content-length": _, ...others } = variedHeaders(headers);
  return { status, headers: others, body: body instanceof Uint8Array ? undefined : body };
}

function checked(algorithm: string): Coding {
  const name = algorithm.trim().toLowerCase();
  const coding = CODINGS.find((known) => known === name);
  if (coding !== undefined) return coding;
  const known = CODINGS.join(", ");
  throw new XsysError(
    "INVALID_PARAMS",
    `unknown compression algorithm ${JSON.stringify(algorithm)}: supported are ${known}`,
  );
}

/**
 * Undefined to send the body uncompressed, also if the client accepts none of the codings: that is better than a 406.
 */
function chosen(accepted: Accepted, encoders: ReadonlyMap<Coding, Encoder>): Coding | undefined {
  for (const coding of accepted) {
    if (coding === "identity") return undefined;
    if (encoders.has(coding)) return coding;
  }
  return undefined;
}

function encode(answer: Answer, coding: Coding, encoder: Encoder): Answer | Promise<Answer> {
  const { status, headers, body, isKept = false } = answer;
  if (!(body instanceof Uint8Array)) {
    const stream = encoder.stream();
    if (body !== undefined) pipeline(body, stream, () => {}); // the reader of the stream gets the error
    return { status, headers: encodedHeaders(headers, coding), body: stream };
  }
  const finish = (encoded: Uint8Array): Answer =>
    encoded.length < body.length
      ? { status, headers: encodedHeaders(headers, coding), body: encoded }
      : { ...answer, headers: variedHeaders(headers) };
  const encoded = isKept ? encoder.once(body) : encoder.whole(body);
  return encoded instanceof Promise ? encoded.then(finish) : finish(encoded);
}
