import { pipeline } from "node:stream";
import { XsysError } from "../../../protocol/errors.ts";
import type { Answer, AnswerFilter } from "../exchange/answer.ts";
import type { CompressionOptions } from "../options.ts";
import { type Accepted, acceptedCodings, CODINGS, type Coding } from "./accepted-codings.ts";
import { encodedHeaders, variedHeaders } from "./coded-headers.ts";
import { compressibleTypes } from "./compressible-types.ts";
import { createEncoder, type Encoder } from "./encoder.ts";

/** Answers that are a part of something, or nothing. */
const LEFT_AS_IS = new Set([101, 204, 205, 206, 304]);

/**
 * Compresses answers by what the client accepts: whole bodies from the threshold on, others as they come, each piece to
 * be read at once. A body that is kept is compressed once.
 * @throws INVALID_PARAMS for an algorithm that is not known.
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
    if (headers["content-encoding"] !== undefined || LEFT_AS_IS.has(status)) return answer;
    if (!isCompressible(headers["content-type"])) return answer;
    if (String(headers["cache-control"]).includes("no-transform")) return answer;
    const coding = chosen(acceptedCodings(exchange.headers["accept-encoding"]), encoders);
    if (coding === undefined) return { ...answer, headers: variedHeaders(headers) };
    if (isHead) return withoutLength(answer);
    return encode(answer, coding, encoders.get(coding) as Encoder);
  };
}

/** Bytes of the body that GET would have; infinite where that is not known. */
function lengthForGet({ headers, body }: Answer): number {
  const told = headers["content-length"];
  if (told !== undefined) return Number(told);
  return body instanceof Uint8Array && body.length > 0 ? body.length : Number.POSITIVE_INFINITY;
}

/** HEAD may not tell another length than GET would, and the compressed one is not known. Source: RFC 9110, 8.6. */
function withoutLength({ status, headers, body }: Answer): Answer {
  const { "content-length": _, ...others } = variedHeaders(headers);
  return { status, headers: others, body: body instanceof Uint8Array ? undefined : body };
}

function checked(algorithm: string): Coding {
  const name = algorithm.trim().toLowerCase();
  const coding = CODINGS.find((known) => known === name);
  if (coding !== undefined) return coding;
  const known = CODINGS.join(", ");
  throw new XsysError("INVALID_PARAMS", `compression cannot be by ${JSON.stringify(algorithm)}: there are ${known}`);
}

/** Undefined for the body as it is; so, too, where nothing that we have is accepted: it is of more use than a refusal. */
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
    if (body !== undefined) pipeline(body, stream, () => {}); // whoever reads the stream hears of its failure
    return { status, headers: encodedHeaders(headers, coding), body: stream };
  }
  const finish = (encoded: Uint8Array): Answer =>
    encoded.length < body.length
      ? { status, headers: encodedHeaders(headers, coding), body: encoded }
      : { ...answer, headers: variedHeaders(headers) };
  const encoded = isKept ? encoder.once(body) : encoder.whole(body);
  return encoded instanceof Promise ? encoded.then(finish) : finish(encoded);
}
