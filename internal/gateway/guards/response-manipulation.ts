import { Readable } from "node:stream";
import type { Logger } from "../../base/log.ts";
import { type Answer, type AnswerFilter, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { type MaskRule, maskRulesOf } from "./mask-rules.ts";
import { masked } from "./masked.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { Settings } from "./settings.ts";

/** Maximum bytes of a body that is masked: 2 MiB of JSON take 20 ms, and with patterns 150 ms. */
const LONGEST_BODY = 2_097_152;

const TOO_DEEP = errorAnswer(500, "Internal Server Error: the answer is nested too deeply to be masked");

/**
 * Masks JSON answers by the rules. An answer that is streamed, too long or not JSON passes unmasked, which is logged
 * once for each of these reasons. One that is nested too deeply is replaced by a 500.
 */
export function createResponseManipulation(settings: Settings, log: Logger): AnswerFilter {
  const rules = maskRulesOf(settings);
  const maxDepth = settings.number("maxDepth", 10, 1, 100);
  const logged = new Set<string>();
  const warnOnce = ({ route }: Exchange, what: string) => {
    if (!logged.has(what)) log.warn({ route }, `response-manipulation: an answer ${what}`);
    logged.add(what);
  };
  return (answer, exchange) => {
    if (rules.length === 0 || !mediaTypeOf(answer.headers).endsWith("json")) return answer;
    if (isEmpty(answer)) return withoutLength(answer);
    const reason = obstacle(answer);
    const body = reason === undefined ? maskedBody(answer.body as Uint8Array, rules, maxDepth) : undefined;
    if (body === "too deep") {
      warnOnce(exchange, "that is nested too deeply to be masked was not sent");
      return TOO_DEEP;
    }
    if (body !== undefined) return body === answer.body ? answer : { ...answer, body };
    warnOnce(exchange, `${reason ?? "that is not JSON"} passed unmasked`);
    return answer;
  };
}

/** The worker's Content-Length for HEAD is not that of the masked body. */
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

/** Returns the same bytes if nothing is masked, and undefined if they are not JSON. */
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
