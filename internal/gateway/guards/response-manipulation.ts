import { Readable } from "node:stream";
import type { Logger } from "../../base/log.ts";
import { type Answer, type AnswerFilter, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { type MaskRule, maskRulesOf } from "./mask-rules.ts";
import { masked } from "./masked.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { Settings } from "./settings.ts";

/** Bytes of a body that is taken apart: 2 MiB of JSON take 20 ms, and with patterns 150. */
const LONGEST_BODY = 2_097_152;

const TOO_DEEP = errorAnswer(500, "Internal Server Error: the answer is nested too deeply to be masked");

/**
 * Masks what the rules name in answers of JSON. What is not held whole, too long, or no JSON, passes as it is, and is
 * told once; what is nested too deeply to be looked through does not pass.
 */
export function createResponseManipulation(settings: Settings, log: Logger): AnswerFilter {
  const rules = maskRulesOf(settings);
  const maxDepth = settings.number("maxDepth", 10, 1, 100);
  const told = new Set<string>();
  const tell = ({ route }: Exchange, what: string) => {
    if (!told.has(what)) log.warn({ route }, `response-manipulation: an answer ${what}`);
    told.add(what);
  };
  return (answer, exchange) => {
    if (rules.length === 0 || !mediaTypeOf(answer.headers).endsWith("json")) return answer;
    if (isEmpty(answer)) return withoutLength(answer);
    const reason = obstacle(answer);
    const body = reason === undefined ? maskedBody(answer.body as Uint8Array, rules, maxDepth) : undefined;
    if (body === "too deep") {
      tell(exchange, "that is nested too deeply to be masked was not sent");
      return TOO_DEEP;
    }
    if (body !== undefined) return body === answer.body ? answer : { ...answer, body };
    tell(exchange, `${reason ?? "that is no JSON"} passed unmasked`);
    return answer;
  };
}

/** What a worker tells of a body that HEAD does not get is not the length of the masked one. */
function withoutLength(answer: Answer): Answer {
  if (answer.headers["content-length"] === undefined) return answer;
  const { "content-length": length, ...headers } = answer.headers;
  return { ...answer, headers };
}

function isEmpty({ body }: Answer): boolean {
  return body === undefined || (body instanceof Uint8Array && body.length === 0);
}

function obstacle({ body, headers }: Answer): string | undefined {
  if (body instanceof Readable) return "that is streamed";
  if (headers["content-encoding"] !== undefined) return "that is compressed already";
  return body !== undefined && body.length > LONGEST_BODY ? "of more than 2 MiB" : undefined;
}

/** The same bytes where nothing is masked; undefined when they are no JSON. */
function maskedBody(
  body: Uint8Array,
  rules: readonly MaskRule[],
  maxDepth: number,
): Uint8Array | "too deep" | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  try {
    const result = masked(text, rules, maxDepth);
    if (result === undefined) return undefined;
    return result === text ? body : Buffer.from(result);
  } catch (error) {
    if (error instanceof RangeError) return "too deep";
    throw error;
  }
}
